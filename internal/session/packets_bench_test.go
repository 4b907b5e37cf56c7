package session

import (
	"io"
	"os"
	"testing"

	"why403/capture/pcapfile"
)

// BenchmarkReadPackets reads the capture that WHY403_CAPTURE names, as "make bench-pcap"
// makes it, into records; "walk" only passes its packets, the most that any reader of ours
// could reach.
func BenchmarkReadPackets(b *testing.B) {
	path := os.Getenv("WHY403_CAPTURE")
	if path == "" {
		b.Skip("WHY403_CAPTURE names no capture")
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("walk", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			f, _ := os.Open(path)
			r, err := pcapfile.NewReader(f)
			if err != nil {
				b.Fatal(err)
			}
			var p pcapfile.Packet
			for err = r.Next(&p); err == nil; err = r.Next(&p) {
			}
			if err != io.EOF {
				b.Fatal(err)
			}
			f.Close()
		}
	})
	b.Run("records", func(b *testing.B) {
		b.SetBytes(info.Size())
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ReadPackets(b.Context(), PacketOptions{Files: []string{path}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
