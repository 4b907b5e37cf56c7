package pcapfile

import "os"

// SecretsKind says what a Decryption Secrets Block holds.
type SecretsKind uint32

// TLSKeyLog is the format of SSLKEYLOGFILE (RFC 9850).
const TLSKeyLog SecretsKind = 0x544c534b

// Secrets calls each with every TLS key log in a regular pcapng file, wherever in
// the file it stands: keys may follow the packets that need them. Pipes and other
// formats have none to find ahead of time. Damage ends the search without an
// error; reading the packets will meet it again.
func Secrets(path string, each func(keyLog []byte)) error {
	if path == "-" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	r, err := NewReader(f)
	if err != nil {
		return nil
	}
	defer r.Close()
	r.eachSecret(each)
	return nil
}

func (r *Reader) eachSecret(each func(keyLog []byte)) {
	if _, ng := r.format.(*ngFile); !ng {
		return
	}
	r.OnSecrets = func(kind SecretsKind, b []byte) {
		if kind == TLSKeyLog {
			each(b)
		}
	}
	for p := new(Packet); r.Next(p) == nil; {
	}
}
