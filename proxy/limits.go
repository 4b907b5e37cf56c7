package proxy

import "time"

// Limits bounds what one client or gateway can cost. A zero field means its
// default. After 101 no limit applies: sockets may be silent for as long as they
// like.
type Limits struct {
	Head          int           // bytes of a request head, default 32 KiB; beyond it 431
	Connect       time.Duration // for the first head of a connection, default 10 s
	ClientTLS     time.Duration // from CONNECT's answer to the end of the handshake, default 10 s
	RequestHead   time.Duration // for a request head inside a tunnel, default 10 s
	Dial          time.Duration // look-up and TCP connection to the gateway, default 10 s
	ServerTLS     time.Duration // TLS handshake with the gateway, default 10 s
	Answer        time.Duration // for the gateway's next bytes while it owes an answer, default 120 s
	Idle          time.Duration // between two exchanges of a connection, default 10 min
	Drain         time.Duration // for the other direction once one has ended, default 5 s
	RefusalBody   time.Duration // for the rest of a refusal after the client left, default 2 s
	ShutdownGrace time.Duration // for pending upgrades when the proxy is stopped, default 2 s
	Pending       int           // connections with a request or handshake in progress, default 4,096; beyond it 503
	Connections   int           // clients, default half the descriptors but for 96; beyond it they wait to be accepted
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field    *time.Duration
		fallback time.Duration
	}{
		{&l.Connect, 10 * time.Second},
		{&l.ClientTLS, 10 * time.Second},
		{&l.RequestHead, 10 * time.Second},
		{&l.Dial, 10 * time.Second},
		{&l.ServerTLS, 10 * time.Second},
		{&l.Answer, 2 * time.Minute},
		{&l.Idle, 10 * time.Minute},
		{&l.Drain, 5 * time.Second},
		{&l.RefusalBody, 2 * time.Second},
		{&l.ShutdownGrace, 2 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.fallback
		}
	}
	if l.Head <= 0 {
		l.Head = 32 << 10
	}
	if l.Pending <= 0 {
		l.Pending = 4096
	}
	if l.Connections <= 0 {
		_, hard := Sessions()
		if l.Connections = connectionsWithin(hard); hard == 0 { // not known
			l.Connections = 1 << 20
		}
	}
	return l
}
