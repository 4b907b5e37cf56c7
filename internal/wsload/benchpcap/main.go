// Benchpcap compares how fast a capture of WebSocket load is read: by why403 with full
// decryption, by tshark with the same keys, and by loops that do nothing with the packets.
// Each program runs as a process of its own, in turns, so that its memory can be told.
//
//	go run ./internal/wsload/benchpcap -file mixed.pcapng -why403 ./why403
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"why403/capture/pcapfile"
	"why403/internal/session"
)

func main() {
	file := flag.String("file", "mixed.pcapng", "capture, as mkcapture makes it")
	why403 := flag.String("why403", "./why403", "the command to measure")
	rounds := flag.Int("rounds", 3, "runs of each program")
	tshark := flag.Bool("tshark", true, "run tshark too, once (it takes a minute for 1 GB)")
	loop := flag.String("loop", "", "run this loop in this process: gopacket, walk or records")
	flag.Parse()
	var err error
	if *loop != "" {
		err = loops[*loop](*file)
	} else {
		err = bench(*file, *why403, *rounds, *tshark)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchpcap:", err)
		os.Exit(1)
	}
}

// loops are what runs in this process.
var loops = map[string]func(string) error{
	"gopacket": func(path string) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		r, err := pcapgo.NewNgReader(bufio.NewReaderSize(f, 1<<20), pcapgo.DefaultNgReaderOptions)
		for err == nil {
			_, _, err = r.ZeroCopyReadPacketData()
		}
		return unlessEOF(err)
	},
	"walk": func(path string) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		r, err := pcapfile.NewReader(f)
		for p := new(pcapfile.Packet); err == nil; {
			err = r.Next(p)
		}
		return unlessEOF(err)
	},
	"records": func(path string) error {
		run, err := session.ReadPackets(context.Background(), session.PacketOptions{Files: []string{path}})
		if err == nil {
			fmt.Println(len(run.Upgrades), "upgrades,", len(run.Losses), "losses")
		}
		return err
	},
}

func unlessEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// program is one to measure.
type program struct {
	name   string
	args   []string
	rounds int
	wall   []time.Duration
	cpu    []time.Duration
	rssMiB int64
}

func bench(file, why403 string, rounds int, withTshark bool) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	own := func(loop string) []string { return []string{self, "-file", file, "-loop", loop} }
	programs := []*program{
		{name: "bare loop, gopacket zero copy", args: own("gopacket"), rounds: rounds},
		{name: "bare loop, ours", args: own("walk"), rounds: rounds},
		{name: "packets to records, all decrypted", args: own("records"), rounds: rounds},
		{name: "why403 pcap --json, with the verdict", args: []string{why403, "pcap", file, "--json"}, rounds: rounds},
	}
	if withTshark {
		programs = append(programs, &program{name: "tshark -Y websocket, keys in the file", rounds: 1,
			args: []string{"tshark", "-r", file, "-Y", "websocket", "-T", "fields", "-e", "websocket.opcode"}})
	}
	for round := range rounds {
		for _, p := range programs {
			if round < p.rounds {
				if err := p.run(); err != nil {
					return fmt.Errorf("%s: %w", p.name, err)
				}
			}
		}
	}
	report(programs, info.Size())
	return nil
}

func (p *program) run() error {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	out, err := cmd.Output()
	p.wall = append(p.wall, time.Since(start))
	if err != nil {
		return fmt.Errorf("%w: %.200s", err, out)
	}
	p.cpu = append(p.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	p.rssMiB = max(p.rssMiB, peakMiB(cmd.ProcessState))
	return nil
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

func report(programs []*program, size int64) {
	fmt.Printf("%d MB\n\n| program | wall s | processor s | MB/s | peak MiB |\n| --- | --- | --- | --- | --- |\n", size/1e6)
	for _, p := range programs {
		wall := median(p.wall)
		fmt.Printf("| %s | %.2f | %.2f | %.0f | %d |\n", p.name, wall.Seconds(), median(p.cpu).Seconds(), float64(size)/1e6/wall.Seconds(), p.rssMiB)
	}
	ours := median(programs[2].wall)
	fmt.Printf("\npackets to records at %.0f %% of the rate of gopacket's bare loop", 100*median(programs[0].wall).Seconds()/ours.Seconds())
	if len(programs) > 4 {
		fmt.Printf(", %.0f times that of tshark", median(programs[4].wall).Seconds()/ours.Seconds())
	}
	fmt.Println()
}
