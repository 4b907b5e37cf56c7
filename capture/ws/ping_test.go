package ws

import (
	"testing"
	"time"
)

func TestPongAnswersThePingWithItsPayload(t *testing.T) {
	var p Pings
	p.Ping(1, 100)
	p.Ping(2, 200)
	p.Ping(3, 300)
	if _, ok := p.Pong(9, 310); ok {
		t.Error("a pong that nobody asked for answers a ping")
	}
	if took, ok := p.Pong(2, 350); !ok || took != 150*time.Nanosecond {
		t.Errorf("Pong = %v, %t; want 150ns", took, ok)
	}
	if _, ok := p.Pong(1, 360); ok {
		t.Error("a ping before the one answered still waits")
	}
	if _, ok := p.Pong(3, 370); !ok {
		t.Error("a ping after the one answered no longer waits")
	}
}

func TestPingsAreForgottenOldestFirst(t *testing.T) {
	var p Pings
	for sum := range uint64(pingsWaiting + 1) {
		p.Ping(sum, 1)
	}
	if _, ok := p.Pong(0, 2); ok {
		t.Error("remembered more pings than the limit")
	}
	if _, ok := p.Pong(1, 2); !ok {
		t.Error("forgot a ping within the limit")
	}
}
