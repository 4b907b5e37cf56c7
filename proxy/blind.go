package proxy

import (
	"context"

	"why403/capture/dissect"
)

// blind tunnels a client's connection to the target it asked for without reading
// it. There is no one to tell if that fails but the client, by closing.
func (p *Proxy) blind(ctx context.Context, c *client) {
	t := p.newTunnel(c, end{Conn: c, tcp: c})
	t.tap.mute()
	r := requests{t: t, ctx: ctx}
	if !c.onShutdown(t.shutdown) || r.reach() != nil {
		t.done()
		return
	}
	t.goBlind()
	t.live.Add(1)
	t.startRelay(dissect.FromServer)
	t.startRelay(dissect.FromClient)
}
