package passive

import (
	"fmt"
	"slices"
	"time"

	"why403/capture"
	"why403/capture/pcapfile"
)

// closed looks back at a connection that is over.
func (o *Observer) closed(f *flow) {
	if f.top.layer != nil {
		return
	}
	if !f.tcp.SYN.Seen() && !f.tcp.SYNACK.Seen() {
		o.losses.add(capture.LostLate, o.first, 1, "what they carry is not known")
	}
	f.top.headless()
}

// headless states the bytes that are missing where a pipe begins, if they are why nobody
// knows what it carries.
func (p *pipe) headless() {
	for _, h := range p.held {
		if h.gap > 0 && len(p.start[h.dir]) == 0 {
			p.f.o.losses.add(capture.LostGap, h.at, h.gap, "bytes missing where connections begin; what they carry is not known")
		}
	}
}

// account states what the packets themselves lacked.
func (o *Observer) account() {
	c, s := o.decoder.Counts(), o.streams.Stats()
	if c.Cut > 0 {
		o.losses.add(capture.LostPackets, o.first, c.Cut, "cut by the snap length within their headers")
	}
	if c.Incomplete > 0 {
		o.losses.add(capture.LostPackets, o.first, c.Incomplete, "IP fragments without the rest")
	}
	if s.Evicted > 0 {
		o.losses.add(capture.LostRefused, o.last, s.Evicted, "connections open at a time")
	}
	var links []pcapfile.LinkType
	for link := range c.Links {
		links = append(links, link)
	}
	slices.Sort(links)
	for _, link := range links {
		o.losses.add(capture.LostPackets, o.first, c.Links[link], "of link type "+link.String()+", which is not read")
	}
	if c.Clipped > 0 {
		o.note(fmt.Sprintf("%d of %d packets were cut by the snap length of the capture, and requests and answers with them; tcpdump -s 0 keeps packets whole", c.Clipped, c.Packets))
	}
	if s.Payloads > 20 && s.Duplicates*5 > s.Payloads*2 {
		o.note("the capture holds most packets twice, as on a loopback or bridge; each was counted once")
	}
	if o.last.Sub(o.first) > 400*24*time.Hour {
		o.note("the packets' times span more than a year: a clock may have been set during the capture")
	}
}

func (o *Observer) note(text string) { o.put(capture.Note{At: o.first, Text: text}) }

// File states what a capture file said of itself beside its packets.
func (o *Observer) File(stats pcapfile.Stats, damage []pcapfile.Damage) {
	if stats.Dropped > 0 {
		o.losses.add(capture.LostPackets, o.first, stats.Dropped, "dropped while capturing, says the capture")
	}
	if stats.Oversized > 0 {
		o.losses.add(capture.LostPackets, o.first, stats.Oversized, fmt.Sprintf("over %d bytes", pcapfile.MaxPacket))
	}
	if stats.Untimed > 0 {
		o.note(fmt.Sprintf("%d packets have no time; that of the packet before was taken", stats.Untimed))
	}
	for _, d := range damage {
		o.losses.add(capture.LostFile, o.last, 1, d.Path)
		o.note(fmt.Sprintf("%s could be read up to packet %d only: %v", d.Path, d.Packets, d.Err))
	}
}
