package session

import (
	"bytes"
	"crypto/tls"
	"io"
	"os"
	"path/filepath"
	"testing"

	"why403/capture"
	"why403/capture/pcapfile"
	"why403/internal/wsload"
)

// TestSecretsAnywhere reads a load whose secrets stand in front of its packets, behind them or
// in a file of their own.
func TestSecretsAnywhere(t *testing.T) {
	const sockets = 5
	tape, err := wsload.Record(wsload.Options{Sockets: sockets, TLS: &tls.Config{}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "keys.txt")
	if err := os.WriteFile(log, tape.Keys(), 0o600); err != nil {
		t.Fatal(err)
	}
	const ahead, behind = 1, 2
	for name, c := range map[string]struct {
		where int
		pipe  bool
		logs  []string
		read  bool
	}{
		"file, in front":   {where: ahead, read: true},
		"file, behind":     {where: behind, read: true},
		"pipe, in front":   {where: ahead, pipe: true, read: true},
		"file, key log":    {logs: []string{log}, read: true},
		"pipe, key log":    {pipe: true, logs: []string{log}, read: true},
		"file, no secrets": {},
		"pipe, no secrets": {pipe: true},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			w, err := pcapfile.NewWriter(&file, pcapfile.Raw, "test")
			if err != nil {
				t.Fatal(err)
			}
			if c.where == ahead {
				w.Secrets(pcapfile.TLSKeyLog, tape.Keys())
			}
			for _, p := range tape.Packets {
				w.Packet(0, p.Time, p.Data, p.Length)
			}
			if c.where == behind {
				w.Secrets(pcapfile.TLSKeyLog, tape.Keys())
			}
			opt := PacketOptions{Files: []string{"-"}, Stdin: io.Reader(&file), KeyLogs: c.logs}
			if !c.pipe {
				opt.Files = []string{filepath.Join(t.TempDir(), "x.pcapng")}
				if err := os.WriteFile(opt.Files[0], file.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run, err := ReadPackets(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.read && (len(run.Upgrades) != sockets || len(run.Losses) != 0):
				t.Errorf("%d upgrades, losses %+v", len(run.Upgrades), run.Losses)
			case !c.read && (len(run.Upgrades) != 0 || len(run.Losses) != 1 || run.Losses[0].Kind != capture.LostKeys):
				t.Errorf("%d upgrades, losses %+v", len(run.Upgrades), run.Losses)
			}
		})
	}
}
