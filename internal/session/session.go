// Package session is one recording from start to verdict: it joins the proxy, its
// authority and the run file ([Start]), shows progress ([Progress]), and turns a
// run file into findings and a report ([Conclude]).
package session

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

	"github.com/rs/zerolog"

	"why403/capture"
	"why403/capture/runfile"
	"why403/capture/token"
	"why403/proxy"
)

// Options says what to record and where to. Run and Leafs are required.
type Options struct {
	Run          string           // path of the run file; must not exist
	Listen       string           // address to listen on, default "127.0.0.1:0"
	Leafs        proxy.LeafSource // signs certificates for the hosts
	Hosts        []string         // hosts to decrypt, "*.example.com" for a domain; none: all
	KeepAbsolute bool             // leave the absolute form inside tunnels as it is
	Insecure     bool             // do not verify the gateway's certificate
	Roots        *x509.CertPool   // roots to verify it with, default the system's
	Command      []string         // what makes the load, for the record
	Version      string           // of why403, for the record
	Log          zerolog.Logger
}

// Session is a recording in progress.
type Session struct {
	Proxy  *proxy.Proxy
	writer *runfile.Writer
	ln     net.Listener
	stop   context.CancelFunc
	ended  chan struct{} // closed once the proxy has stopped
	served error         // why it stopped; read after ended
}

// Start opens the run file and the listener and serves until [Session.Stop].
func Start(opt Options) (*Session, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	tokens := token.NewKeeper(key)
	ln, err := net.Listen("tcp", withDefault(opt.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen for the load tool: %w", err)
	}
	writer, err := runfile.Create(opt.Run, opt.meta(tokens), runfile.Options{})
	if err != nil {
		ln.Close()
		return nil, err
	}
	return serve(opt, tokens, ln, writer), nil
}

func serve(opt Options, tokens *token.Keeper, ln net.Listener, writer *runfile.Writer) *Session {
	ctx, stop := context.WithCancel(context.Background())
	s := &Session{
		Proxy: proxy.New(opt.Leafs, tokens, writer, proxy.Options{
			Hosts: opt.Hosts, KeepAbsolute: opt.KeepAbsolute,
			Insecure: opt.Insecure, Roots: opt.Roots, Log: opt.Log,
		}),
		writer: writer, ln: ln, stop: stop, ended: make(chan struct{}),
	}
	go func() {
		defer close(s.ended)
		s.served = s.Proxy.Serve(ctx, ln)
	}()
	return s
}

// meta describes the recording. The command line goes through the masks: -J
// properties of JMeter hold client secrets.
func (o Options) meta(tokens *token.Keeper) capture.Meta {
	id := make([]byte, 8)
	rand.Read(id)
	sessions, limit := proxy.Sessions()
	return capture.Meta{
		ID:      hex.EncodeToString(id),
		Source:  "proxy",
		Version: o.Version,
		Command: tokens.MaskArgs(o.Command),
		Host: fmt.Sprintf("%s/%s, %d cores, descriptor limit %d (%d sessions)",
			runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), limit, sessions),
		Started: capture.At(time.Now()),
	}
}

// Addr is where the proxy listens.
func (s *Session) Addr() net.Addr { return s.ln.Addr() }

// Ended is closed when the proxy has stopped, by itself or by [Session.Stop].
func (s *Session) Ended() <-chan struct{} { return s.ended }

// Stop ends the proxy and seals the run file. It must be called exactly once.
func (s *Session) Stop() error {
	s.stop()
	<-s.ended
	return errors.Join(s.writer.Seal(capture.At(time.Now())), s.served)
}

func withDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
