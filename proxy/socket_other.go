//go:build !linux

package proxy

import "net"

// direct is for Linux.
type direct struct{}

func (*direct) init(*net.TCPConn) {}

func (s *socket) receive(b []byte) (int, error) { return s.conn.Read(b) }
func (s *socket) send(b []byte) (int, error)    { return s.conn.Write(b) }
