package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"why403/internal/sim/virtual"
)

// options say which runs are made.
type options struct {
	set        string
	seeds      uint64
	skip       uint64
	family     string
	prefixes   bool
	experiment bool
	workers    int
	atMost     time.Duration
	verbose    bool
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	var o options
	f := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	f.StringVar(&o.set, "set", "held", `"training", "held" (families and seeds not tuned on) or "all"`)
	f.Uint64Var(&o.seeds, "seeds", 25, "runs of each family")
	f.Uint64Var(&o.skip, "skip", 0, "seeds of each family to leave out before the first run")
	f.StringVar(&o.family, "family", "", "only families whose name begins with this")
	f.BoolVar(&o.prefixes, "prefixes", true, "analyse prefixes of the recordings too")
	f.BoolVar(&o.experiment, "experiments", true, "run the experiments that are proposed")
	f.IntVar(&o.workers, "workers", 1, "runs made at once")
	f.DurationVar(&o.atMost, "time", 0, "begin no run after this long, 0 for no limit; every family has about as many runs")
	f.BoolVar(&o.verbose, "v", false, "print each run")
	if err := f.Parse(args); err != nil {
		return err
	}
	families, err := o.families()
	if err != nil {
		return err
	}
	report(out, o, measure(o, families))
	return nil
}

func (o options) families() ([]virtual.Family, error) {
	if o.set != "held" && o.set != "training" && o.set != "all" {
		return nil, fmt.Errorf("no set %q", o.set)
	}
	var list []virtual.Family
	for _, f := range virtual.Families() {
		if o.set != "all" && f.Held != (o.set == "held") || !strings.HasPrefix(f.Name, o.family) {
			continue
		}
		list = append(list, f)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no family %q in the set %q", o.family, o.set)
	}
	return list, nil
}

// heldSeeds is the first seed of the held-out set.
const heldSeeds = 1_000_000

func (o options) firstSeed(f virtual.Family) uint64 {
	if f.Held {
		return heldSeeds + o.skip
	}
	return o.skip
}
