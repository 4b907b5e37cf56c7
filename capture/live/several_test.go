//go:build linux

package live

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// role is what this test is within a network namespace: the one that captures, or its peer.
const role = "WHY403_TEST_ROLE"

// TestSeveralInterfaces captures from the loopback interface and one of two others, in a
// network of its own: upgrades over those two come, each once, and those over the third do not.
func TestSeveralInterfaces(t *testing.T) {
	switch os.Getenv(role) {
	case "peer":
		beGateway(t)
	case "capture":
		captureSeveral(t)
	default:
		if _, err := exec.LookPath("ip"); err != nil {
			t.Skip("needs iproute2")
		}
		out, err := inNamespace("capture").CombinedOutput()
		if errors.Is(err, os.ErrPermission) {
			t.Skip(err)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// inNamespace is this test again, in a new network namespace.
func inNamespace(as string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSeveralInterfaces$", "-test.v")
	cmd.Env = append(os.Environ(), role+"="+as)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	return cmd
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

// beGateway refuses upgrades on what it is given: two interfaces.
func beGateway(t *testing.T) {
	in := bufio.NewReader(os.Stdin)
	in.ReadString('\n') // they are there
	ip(t, "addr add 10.9.0.2/24 dev far0")
	ip(t, "addr add 10.9.1.2/24 dev far1")
	ip(t, "link set far0 up")
	ip(t, "link set far1 up")
	ln, err := net.Listen("tcp", "0.0.0.0:80")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(ln, http.HandlerFunc(refuse))
	fmt.Println("ready")
	io.Copy(io.Discard, in) // until the other is done
}

func refuse(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }

func captureSeveral(t *testing.T) {
	peer := inNamespace("peer")
	in, err1 := peer.StdinPipe()
	out, err2 := peer.StdoutPipe()
	if err := errors.Join(err1, err2, peer.Start()); err != nil {
		t.Fatal(err)
	}
	defer peer.Wait()
	defer in.Close()
	ip(t, "link set lo up")
	for i := range 2 {
		ip(t, fmt.Sprintf("link add near%d type veth peer name far%d", i, i))
		ip(t, fmt.Sprintf("link set far%d netns %d", i, peer.Process.Pid))
		ip(t, fmt.Sprintf("addr add 10.9.%d.1/24 dev near%d", i, i))
		ip(t, fmt.Sprintf("link set near%d up", i))
	}
	io.WriteString(in, "\n")
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "ready"; {
	}
	ln, err := net.Listen("tcp", "127.0.0.1:80")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(ln, http.HandlerFunc(refuse))

	s, err := Open([]string{"lo", "near0", "lo"}, Options{Ports: []uint16{80}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 5
	for range n {
		for _, host := range []string{"127.0.0.1", "10.9.0.2", "10.9.1.2"} {
			askForSocket(t, "http://"+host)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	got := map[string]int{}
	run := readAll(t, s)
	for _, u := range run.Upgrades {
		got[u.Host]++
	}
	if len(got) != 2 || got["127.0.0.1"] != n || got["10.9.0.2"] != n || len(run.Losses)+len(run.Notes) != 0 {
		t.Errorf("upgrades %v, losses %+v, notes %+v", got, run.Losses, run.Notes)
	}
}
