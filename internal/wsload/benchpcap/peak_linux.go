package main

import (
	"os"
	"syscall"
)

// peakMiB is the most memory that a process had resident.
func peakMiB(s *os.ProcessState) int64 { return s.SysUsage().(*syscall.Rusage).Maxrss >> 10 }
