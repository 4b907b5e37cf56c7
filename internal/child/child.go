// Package child runs a load tool so that its traffic goes through the proxy.
//
// Every tool gets the environment variables that the usual HTTP stacks read
// ([Environ]); JMeter, which reads none of them, is recognised and gets its
// command-line options ([Args]). [Tool] runs it.
package child

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
)

// IsJMeter reports whether argv starts JMeter: by its name (jmeter, jmeter.sh,
// jmeter.bat …) or by its .jar given to java.
func IsJMeter(argv []string) bool { return jmeterOptions(argv) > 0 }

// jmeterOptions returns the index at which JMeter's own options begin, 0 if argv
// does not start JMeter.
func jmeterOptions(argv []string) int {
	if len(argv) == 0 {
		return 0
	}
	name := toolName(argv[0])
	if name == "jmeter" || name == "jmeter-n" || name == "jmeterw" {
		return 1
	}
	if name != "java" && name != "javaw" {
		return 0
	}
	for i, arg := range argv[:len(argv)-1] {
		if arg == "-jar" && toolName(argv[i+1]) == "apachejmeter" {
			return i + 2
		}
	}
	return 0
}

// toolName is the base name of a path in lower case without its extension. Both
// separators count, so that a Windows path is understood everywhere.
func toolName(path string) string {
	base := path[strings.LastIndexAny(path, `/\`)+1:]
	return strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
}

// Args returns argv with what JMeter needs to use the proxy: -H and -P, unless
// the user has given them. Any other tool's argv is returned as it is.
func Args(argv []string, proxy net.Addr) []string {
	at := jmeterOptions(argv)
	if at == 0 || hasOption(argv[at:], "-H", "--proxyHost") || hasOption(argv[at:], "-P", "--proxyPort") {
		return argv
	}
	host, port, err := net.SplitHostPort(proxy.String())
	if err != nil {
		return argv
	}
	return slices.Insert(slices.Clone(argv), at, "-H", host, "-P", port)
}

// Bypass returns the hosts that JMeter was told to reach without a proxy (-N),
// "" if none: their traffic would not be recorded.
func Bypass(argv []string) string {
	at := jmeterOptions(argv)
	if at == 0 {
		return ""
	}
	for i, arg := range argv[at:] {
		switch {
		case (arg == "-N" || arg == "--nonProxyHosts") && at+i+1 < len(argv):
			return argv[at+i+1]
		case strings.HasPrefix(arg, "--nonProxyHosts="):
			return strings.TrimPrefix(arg, "--nonProxyHosts=")
		case strings.HasPrefix(arg, "-N") && len(arg) > 2:
			return arg[2:]
		}
	}
	return ""
}

func hasOption(args []string, short, long string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		return a == long || strings.HasPrefix(a, long+"=") || strings.HasPrefix(a, short)
	})
}
