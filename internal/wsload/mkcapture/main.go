// Mkcapture writes a pcapng file of a WebSocket load that is known exactly, for tests
// and for the benchmark:
//
//	go run ./internal/wsload/mkcapture -o mixed.pcapng -sockets 300 -messages 40 -mb 1000
//
// The load is recorded once without TLS, with TLS 1.3 and with two suites of TLS 1.2, and
// then repeated under other addresses, some copies at a time, until the file has
// its size.
package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"fmt"
	"os"

	"why403/internal/wsload"
)

func main() {
	out := flag.String("o", "mixed.pcapng", "file to write")
	keys := flag.String("keys", "", "write the key log to this file rather than into the capture")
	sockets := flag.Int("sockets", 300, "upgrades of each kind in a copy")
	messages := flag.Int("messages", 10, "echoed messages of each socket")
	size := flag.Int("size", 2000, "bytes of each message")
	mb := flag.Int("mb", 0, "repeat until the file has this many megabytes; 0: once")
	abreast := flag.Int("abreast", 1, "copies at a time, each with a connection of each kind and, while one is closing, the next")
	kind := flag.String("kind", "mixed", "plain, tls12, tls13 or mixed")
	flag.Parse()
	if err := run(*out, *keys, *kind, wsload.Options{Sockets: *sockets, Messages: *messages, Size: *size}, *mb, *abreast); err != nil {
		fmt.Fprintln(os.Stderr, "mkcapture:", err)
		os.Exit(1)
	}
}

var (
	tls13 = &tls.Config{MinVersion: tls.VersionTLS13}
	// Without tickets: tshark 4.0 does not read the sessions that they resume.
	gcm    = &tls.Config{MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
	chacha = &tls.Config{MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}}
	kinds  = map[string][]*tls.Config{
		"plain": {nil}, "tls12": {gcm}, "tls13": {tls13}, "mixed": {nil, tls13, gcm, chacha},
	}
)

func run(out, keys, kind string, opt wsload.Options, mb, abreast int) error {
	var tapes []*wsload.Tape
	for _, conf := range kinds[kind] {
		opt.TLS = conf
		tp, err := wsload.Record(opt)
		if err != nil {
			return err
		}
		tapes = append(tapes, tp)
	}
	if len(tapes) == 0 {
		return fmt.Errorf("unknown kind %q", kind)
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := wsload.Repeat(w, tapes, int64(mb)*1e6, abreast, keys == ""); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if keys != "" {
		if err := writeKeys(keys, tapes); err != nil {
			return err
		}
	}
	return f.Close()
}

func writeKeys(path string, tapes []*wsload.Tape) error {
	var all []byte
	for _, tp := range tapes {
		all = append(all, tp.Keys()...)
	}
	return os.WriteFile(path, all, 0o600)
}
