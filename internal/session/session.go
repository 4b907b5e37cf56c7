// Package session is one recording from start to verdict: it joins the proxy, its
// authority and the run file ([Start]), shows progress ([Progress]), and turns a
// run file into findings and a report ([Conclude]).
package session

import (
	"context"
	"crypto/rand"
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
	Run       string           // path of the run file; must not exist
	Listen    string           // address to listen on, default "127.0.0.1:0"
	Leafs     proxy.LeafSource // signs certificates for the hosts
	Proxy     proxy.Options    // how to stand in the middle; Log and Answered are set here
	Command   []string         // what makes the load, for the record
	Version   string           // of why403, for the record
	UI        string           // address of the live page, "" for none
	UIAnyPort bool             // take another port if UI's is taken
	Packets   string           // packet file to write, which must not exist; "" for none
	OTLP      string           // URL of an OpenTelemetry collector, "" for none
	Log       zerolog.Logger
}

// Session is a recording in progress.
type Session struct {
	Proxy  *proxy.Proxy
	writer *runfile.Writer
	ln     net.Listener
	stop   context.CancelFunc
	ended  chan struct{} // closed once the proxy has stopped
	served error         // why it stopped; read after ended

	observers observers
	packets   *packetFile
}

// Start opens the run file and the listener and serves until [Session.Stop].
func Start(opt Options) (*Session, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	tokens := token.NewKeeper(key)
	ln, err := opt.Proxy.Listen(withDefault(opt.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen for the load tool: %w", err)
	}
	s := &Session{ln: ln, ended: make(chan struct{})}
	if err := s.observers.listen(opt); err != nil {
		ln.Close()
		return nil, err
	}
	meta := opt.meta(tokens)
	if s.packets, err = createPacketFile(opt); err == nil {
		s.writer, err = runfile.Create(opt.Run, meta, runfile.Options{})
	}
	if err != nil {
		ln.Close()
		s.packets.close()
		return nil, errors.Join(err, s.observers.close())
	}
	s.serve(opt, tokens, meta.Command)
	return s, nil
}

func (s *Session) serve(opt Options, tokens *token.Keeper, command []string) {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	opt.Proxy.Log, opt.Proxy.Answered = opt.Log, s.observers.answered
	s.packets.attach(&opt.Proxy)
	s.Proxy = proxy.New(opt.Leafs, tokens, s.writer, opt.Proxy)
	s.observers.start(ctx, opt, s.Proxy.Stats, command)
	go func() {
		defer close(s.ended)
		s.served = s.Proxy.Serve(ctx, s.ln)
	}()
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

// UI is where the live page is, nil if there is none.
func (s *Session) UI() net.Addr {
	if s.observers.ui == nil {
		return nil
	}
	return s.observers.ui.Addr()
}

// Ended is closed when the proxy has stopped, by itself or by [Session.Stop].
func (s *Session) Ended() <-chan struct{} { return s.ended }

// Stop ends the proxy and seals the run file. It must be called exactly once.
func (s *Session) Stop() error {
	s.stop()
	<-s.ended
	s.packets.close()
	return errors.Join(s.writer.Seal(capture.At(time.Now())), s.served, s.observers.close())
}

func withDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
