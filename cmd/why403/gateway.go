package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"why403/internal/sim"
)

// gatewayFlags are those of "why403 gateway" that are not fields of the options.
type gatewayFlags struct {
	opt                                sim.GatewayOptions
	format, cert, secret, issued, body string
	inBand                             int
	json                               bool
}

func newGateway() *cobra.Command {
	var g gatewayFlags
	cmd := &cobra.Command{
		Use:   "gateway",
		Short: "Run a simulated gateway with a token endpoint until Ctrl-C",
		Long: `Gateway serves WebSockets and an OAuth token endpoint (client credentials) on
loopback, and refuses what its flags say. It prints its addresses at its start and
what it did at its end.`,
		Example: `  why403 gateway --cap 40
  why403 gateway --token-life 8s --check-expiry --cert gateway.pem
  why403 gateway --plain --cap-per-token 12 --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return g.serve(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&g.opt.Addr, "listen", "127.0.0.1:0", "`address` to listen on")
	f.BoolVar(&g.opt.Plain, "plain", false, "ws and http instead of wss and https")
	f.StringVar(&g.opt.Path, "path", "/ws", "`path` of the WebSocket endpoint")
	f.IntVar(&g.opt.Cap, "cap", 0, "most sockets open at once, 0 for no cap")
	f.IntVar(&g.opt.CapPerToken, "cap-per-token", 0, "most sockets open at once with one token")
	f.DurationVar(&g.opt.Linger, "linger", 0, "how long a closed socket still holds its slot")
	f.Float64Var(&g.opt.RatePerSecond, "rate", 0, "upgrades let through per second")
	f.IntVar(&g.opt.Burst, "burst", 0, "upgrades let through at once with --rate")
	f.BoolVar(&g.opt.RequireToken, "require-token", false, "refuse upgrades without a token issued here")
	f.BoolVar(&g.opt.CheckExpiry, "check-expiry", false, "refuse expired tokens")
	f.DurationVar(&g.opt.Leeway, "leeway", 0, "how long after its expiry a token still passes")
	f.DurationVar(&g.opt.MaxTokenAge, "max-token-age", 0, "refuse tokens older than this")
	f.DurationVar(&g.opt.TokenLife, "token-life", 0, "life of tokens (default 1h)")
	f.StringVar(&g.format, "token-format", string(sim.HS256), "HS256, RS256 or opaque")
	f.StringVar(&g.secret, "token-key", "", "`file` with the signing key of HS256 (default random)")
	f.StringVar(&g.opt.Issuer.ClientID, "client-id", "", "only client known to the token endpoint (default any)")
	f.StringVar(&g.opt.Issuer.ClientSecret, "client-secret", "", "its secret")
	f.Float64Var(&g.opt.ErrorRate, "error-rate", 0, "share of upgrades refused for no reason, 0 to 1")
	f.Uint64Var(&g.opt.Seed, "seed", 0, "seed of --error-rate")
	f.IntVar(&g.opt.Refusal.Status, "status", 403, "status of refusals")
	f.StringVar(&g.body, "body", "", "body of refusals (default {\"error\":\"forbidden\"})")
	f.IntVar(&g.inBand, "in-band", 0, "answer 101 and close with this `code` instead of refusing")
	f.DurationVar(&g.opt.AcceptLatency, "latency", 0, "time from decision to 101")
	f.StringVar(&g.cert, "cert", "", "write the certificate to this PEM `file`")
	f.StringVar(&g.issued, "issued", "", "append each token issued to this `file`: test tokens only, in clear")
	f.BoolVar(&g.json, "json", false, "print addresses and counts as JSON, a line each")
	return cmd
}

func (g *gatewayFlags) serve(cmd *cobra.Command) error {
	defer endOnInterrupt(cmd)()
	g.opt.Issuer.Format = sim.TokenFormat(g.format)
	g.opt.Refusal.Body = g.body
	if g.inBand != 0 {
		g.opt.InBand = &sim.InBand{Code: g.inBand}
	}
	if g.secret != "" {
		key, err := os.ReadFile(g.secret)
		if err != nil {
			return fmt.Errorf("read signing key: %w", err)
		}
		g.opt.Issuer.Secret = key
	}
	if g.issued != "" {
		log, err := os.OpenFile(g.issued, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer log.Close()
		g.opt.Issuer.OnIssue = lineWriter(log)
	}
	gateway, err := sim.StartGateway(cmd.Context(), g.opt)
	if err != nil {
		return err
	}
	defer gateway.Close()
	if err := g.announce(cmd, gateway); err != nil {
		return err
	}
	<-cmd.Context().Done()
	return g.print(cmd, gateway.Stats(), "%+v\n")
}

// lineWriter returns a function that writes lines to w, one at a time.
func lineWriter(w io.Writer) func(string) {
	var mu sync.Mutex
	return func(line string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(w, line)
	}
}

// announce writes the certificate and says where the gateway is.
func (g *gatewayFlags) announce(cmd *cobra.Command, gateway *sim.Gateway) error {
	address := struct {
		URL      string `json:"url"`
		TokenURL string `json:"token_url"`
		Cert     string `json:"cert,omitempty"`
	}{URL: gateway.URL(), TokenURL: gateway.TokenURL()}
	if g.cert != "" {
		if err := os.WriteFile(g.cert, gateway.CertPEM(), 0o644); err != nil {
			return fmt.Errorf("write certificate: %w", err)
		}
		address.Cert, _ = filepath.Abs(g.cert)
	}
	if g.json {
		return g.print(cmd, address, "")
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "sockets  %s\ntokens   %s\n", address.URL, address.TokenURL)
	if address.Cert != "" {
		fmt.Fprintf(out, "trust    %s\n", address.Cert)
	}
	return nil
}

func (g *gatewayFlags) print(cmd *cobra.Command, v any, format string) error {
	if g.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(v)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), format, v)
	return err
}
