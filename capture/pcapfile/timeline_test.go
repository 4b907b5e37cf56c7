package pcapfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"why403/capture"
)

// file writes a capture with packets at the given times, each holding its file's name.
func file(t *testing.T, dir, name string, times ...capture.Instant) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, Raw, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range times {
		w.Packet(0, at, []byte(name), len(name))
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTimeline(t *testing.T) {
	dir := t.TempDir()
	paths := []string{
		file(t, dir, "second", 30, 40),
		file(t, dir, "first", 10, 20),
		file(t, dir, "beside", 15, 35),
		file(t, dir, "none"),
		"-",
	}
	stdin := bytes.NewReader(pcapBytes(0xa1b23c4d, binary.LittleEndian, 0, 1))
	tl, err := OpenTimeline(paths, stdin, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tl.Close()
	var got []string
	var p Packet
	for err = tl.Next(&p); err == nil; err = tl.Next(&p) {
		got = append(got, string(p.Data))
	}
	want := []string{"first", "beside", "first", "second", "beside", "second", "no 00"}
	if err != io.EOF || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if n := tl.Stats().Packets; n != 7 {
		t.Errorf("%d packets counted", n)
	}
}

func TestTimelineDamage(t *testing.T) {
	dir := t.TempDir()
	whole, broken := file(t, dir, "whole", 30), file(t, dir, "broken", 10, 20)
	b, _ := os.ReadFile(broken)
	os.WriteFile(broken, b[:len(b)-3], 0o600)
	tl, err := OpenTimeline([]string{whole, broken}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for p := new(Packet); tl.Next(p) == nil; n++ {
	}
	damage := tl.Damage()
	if n != 2 || len(damage) != 1 || damage[0].Path != broken || damage[0].Packets != 1 || !errors.Is(damage[0].Err, ErrTruncated) {
		t.Errorf("%d packets, damage %+v", n, damage)
	}
	if _, err := OpenTimeline([]string{whole, filepath.Join(dir, "absent")}, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestSecretsAnywhere finds keys that follow the packets.
func TestSecretsAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "late")
	var b bytes.Buffer
	w, _ := NewWriter(&b, Raw, "test")
	w.Packet(0, 1, []byte("x"), 1)
	w.Secrets(TLSKeyLog, []byte("a"))
	w.Secrets(0x57474b4c, []byte("WireGuard"))
	w.Packet(0, 1, []byte("x"), 1)
	w.Secrets(TLSKeyLog, []byte("b"))
	os.WriteFile(path, b.Bytes(), 0o600)
	var got string
	if err := Secrets(path, func(b []byte) { got += string(b) }); err != nil || got != "ab" {
		t.Errorf("got %q, %v", got, err)
	}
}
