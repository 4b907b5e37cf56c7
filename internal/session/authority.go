package session

import (
	"fmt"
	"os"
	"path/filepath"

	"why403/internal/child"
	"why403/proxy/ca"
)

// AuthorityDir is where the authority lives unless told otherwise: under the
// user's configuration directory.
func AuthorityDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the authority (give one with --ca-dir): %w", err)
	}
	return filepath.Join(dir, "why403", "ca"), nil
}

// Ephemeral makes an authority that lasts for one recording, in a directory that
// cleanup removes: nothing that was told to trust it trusts anything afterwards.
func Ephemeral(hosts []string) (authority *ca.Authority, cleanup func(), err error) {
	dir, err := os.MkdirTemp("", "why403-ca-")
	if err != nil {
		return nil, nil, fmt.Errorf("make an authority: %w", err)
	}
	cleanup = func() { os.RemoveAll(dir) }
	authority, err = ca.Create(filepath.Join(dir, "ca"), ca.Options{Hosts: hosts})
	if err != nil {
		cleanup()
		return nil, nil, err
	}
	return authority, cleanup, nil
}

// WriteTrust writes what load tools need to trust the authority into dir.
func WriteTrust(authority *ca.Authority, dir string) (child.Trust, error) {
	t := child.Trust{
		Bundle:     filepath.Join(dir, "bundle.pem"),
		Root:       authority.CertPath(),
		TrustStore: filepath.Join(dir, "trust.p12"),
		Password:   ca.TrustStorePassword,
	}
	if err := authority.WriteBundle(t.Bundle); err != nil {
		return child.Trust{}, err
	}
	if err := authority.WriteTrustStore(t.TrustStore); err != nil {
		return child.Trust{}, err
	}
	return t, nil
}
