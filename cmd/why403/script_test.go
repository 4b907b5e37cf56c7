package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"why403/internal/wsload"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"why403": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs the command as a user types it: one script a topic.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Condition: func(cond string) (bool, error) {
			name, _ := strings.CutPrefix(cond, "tool:")
			_, err := exec.LookPath(name)
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"capture": captureLoad},
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TMPDIR", env.WorkDir)
			return nil
		},
	})
}

// captureLoad is the script command "capture FILE [KEYS]": it records a load of 30
// upgrades over TLS, 6 of them refused, with its secrets in the capture or in a file
// of their own.
func captureLoad(ts *testscript.TestScript, _ bool, argv []string) {
	tp, err := wsload.Record(wsload.Options{TLS: &tls.Config{}, Sockets: 30})
	ts.Check(err)
	var file bytes.Buffer
	ts.Check(tp.WriteFile(&file, len(argv) == 1))
	ts.Check(os.WriteFile(ts.MkAbs(argv[0]), file.Bytes(), 0o600))
	if len(argv) > 1 {
		ts.Check(os.WriteFile(ts.MkAbs(argv[1]), tp.Keys(), 0o600))
	}
}

// TestExamplesParse runs every example of the help texts and of README.md as far
// as the command line goes: the command exists and knows its flags.
func TestExamplesParse(t *testing.T) {
	lines := examples(t)
	if len(lines) < 15 {
		t.Fatalf("only %d examples found", len(lines))
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			root := newRoot()
			words := shellWords(line)[1:]
			cmd, rest, err := root.Find(words)
			if err != nil {
				t.Fatal(err)
			}
			if cmd == root && len(words) > 0 && !strings.HasPrefix(words[0], "-") {
				t.Fatalf("no command %q", words[0])
			}
			cmd.InitDefaultHelpFlag()
			if err := cmd.ParseFlags(rest); err != nil {
				t.Fatal(err)
			}
			if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestHelpOpensWithExamples: every command has a line and at least three examples, and its
// help shows them once.
func TestHelpOpensWithExamples(t *testing.T) {
	root := newRoot()
	for _, cmd := range allCommands(root) {
		if n := len(strings.Split(cmd.Example, "\n")); cmd.Short == "" || n < 3 {
			t.Errorf("%s: short %q, %d examples, want 3 or more", cmd.CommandPath(), cmd.Short, n)
		}
		var help bytes.Buffer
		cmd.SetOut(&help)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(help.String(), cmd.Short+".\n\n"+cmd.Example) || strings.Count(help.String(), cmd.Example) != 1 {
			t.Errorf("%s opens with\n%.300s", cmd.CommandPath(), help.String())
		}
	}
}

// allCommands are the root and all below it that are ours.
func allCommands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		all = append(all, allCommands(sub)...)
	}
	return all
}

// examples collects lines that begin with why403 from help texts, README.md and
// docs.
func examples(t *testing.T) []string {
	t.Helper()
	documents, _ := filepath.Glob("../../docs/*.md")
	var text string
	for _, path := range append(documents, "../../README.md") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text += strings.ReplaceAll(string(content), "go run ./cmd/why403", "why403")
	}
	text = strings.ReplaceAll(text, "\\\n", " ")
	for _, cmd := range allCommands(newRoot()) {
		text += "\n" + cmd.Example
	}
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		line, _, _ = strings.Cut(line, " #")
		line, _, _ = strings.Cut(line, " | ")
		if strings.HasPrefix(line, "why403 ") && !strings.Contains(line, "`") {
			lines = append(lines, line)
		}
	}
	return lines
}

// shellWords splits an example as a shell would, and drops its redirection.
func shellWords(line string) []string {
	line, _, _ = strings.Cut(line, " > ")
	var words []string
	for _, w := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1) {
		words = append(words, strings.Trim(w, "'"))
	}
	return words
}
