// Calibrate measures the diagnosis on simulated runs with a known cause and prints
// the tables of docs/diagnosis.md.
//
//	go run ./internal/calibrate                    # held-out families, 1,200 runs
//	go run ./internal/calibrate -set training      # those that may be tuned on
//	go run ./internal/calibrate -family cap -v     # each run of one family
//
// Seeds of the held-out set begin where those of the training set never come.
// Without -v only tables and the runs that went wrong are printed.
package main
