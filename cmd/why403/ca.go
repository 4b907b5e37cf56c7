package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"why403/internal/session"
	"why403/proxy/ca"
)

func newCA() *cobra.Command {
	var rec recording
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "Show the authority's certificate and how to trust it; make a new one",
		Long: `Ca shows where the authority's certificate is and how to trust it. "why403 run"
needs none of this: it makes an authority for the time of the command and points
the load tool at it. JMeter trusts every certificate as it is.

With hosts the authority can sign for these alone: its root signs one intermediate
with name constraints, and the root's key is destroyed.`,
		Example: `  why403 ca
  why403 ca new --host gw.example --host '*.gw.example'
  why403 ca --ca-dir ./authority`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return showCA(cmd, &rec) },
	}
	cmd.PersistentFlags().StringVar(&rec.caDir, "ca-dir", "", "`directory` of the authority")
	cmd.PersistentFlags().BoolVar(&rec.json, "json", false, "print path and fingerprint as JSON")
	create := &cobra.Command{
		Use:   "new",
		Short: "Make a new authority; the old one, if any, must be removed first",
		Example: `  why403 ca new --host gw.example
  why403 ca new --host gw.example --host '*.gw.example'
  why403 ca new --ca-dir ./authority`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := rec.dir()
			if err != nil {
				return err
			}
			if _, err := ca.Create(dir, ca.Options{Hosts: rec.hosts}); err != nil {
				return err
			}
			return showCA(cmd, &rec)
		},
	}
	create.Flags().StringSliceVar(&rec.hosts, "host", nil, "sign for this `host` only; repeat for more")
	cmd.AddCommand(create)
	return cmd
}

func showCA(cmd *cobra.Command, rec *recording) error {
	dir, err := rec.dir()
	if err != nil {
		return err
	}
	authority, err := ca.Load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("no authority in %q yet", dir), `make one with "why403 ca new --host HOST"`}
	}
	if err != nil {
		return err
	}
	if rec.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{
			"certificate": authority.CertPath(), "sha256": authority.Fingerprint(),
		})
	}
	fmt.Fprintf(cmd.OutOrStdout(), trustHelp, authority.CertPath(), authority.Fingerprint())
	return nil
}

const trustHelp = `certificate  %[1]s
SHA-256      %[2]s

JMeter       trusts every certificate: nothing to do
curl         curl --cacert %[1]s …
Node.js      NODE_EXTRA_CA_CERTS=%[1]s
Python       REQUESTS_CA_BUNDLE=%[1]s (requests), SSL_CERT_FILE=%[1]s (ssl)
Go, OpenSSL  SSL_CERT_FILE=%[1]s
Java         keytool -importcert -alias why403 -file %[1]s -keystore trust.p12 -storetype PKCS12
Debian       cp %[1]s /usr/local/share/ca-certificates/why403.crt && update-ca-certificates
macOS        security add-trusted-cert -k ~/Library/Keychains/login.keychain-db %[1]s
Windows      certutil -user -addstore Root %[1]s
`

// dir is where the kept authority lives.
func (r *recording) dir() (string, error) {
	if r.caDir != "" {
		return r.caDir, nil
	}
	return session.AuthorityDir()
}

// keptAuthority is the one that stays trusted from run to run, made on first use.
func (r *recording) keptAuthority() (*ca.Authority, error) {
	dir, err := r.dir()
	if err != nil {
		return nil, err
	}
	return ca.LoadOrCreate(dir, ca.Options{Hosts: decrypted(r.hosts)})
}

// authority is the kept one if --ca-dir names it, else one for this run alone.
func (r *recording) authority() (*ca.Authority, func(), error) {
	if r.caDir == "" {
		return session.Ephemeral(decrypted(r.hosts))
	}
	authority, err := r.keptAuthority()
	return authority, func() {}, err
}
