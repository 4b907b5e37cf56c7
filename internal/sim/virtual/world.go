package virtual

import (
	"container/heap"
	"math/rand/v2"
)

// world is a scene that is played.
type world struct {
	scene           Scene
	load, net, gate *rand.Rand // apart, so that one does not disturb another

	now   float64
	queue events
	last  int // sequence number of the last event

	judges []Judge
	open   int
	tokens *tokenShop
	cast   *company
	record recorder
}

// event is something that happens at a moment; events of one moment happen in the
// order in which they were arranged.
type event struct {
	at  float64
	seq int
	do  func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	old[len(old)-1] = event{}
	*e = old[:len(old)-1]
	return x
}

func (w *world) at(t float64, do func()) {
	w.last++
	heap.Push(&w.queue, event{max(t, w.now), w.last, do})
}

func (w *world) after(d float64, do func()) { w.at(w.now+d, do) }

// play runs one load until nothing is left to happen.
func (w *world) play(l *Load, begin float64) {
	w.now = begin
	for i, start := range l.starts(w.load) {
		t := &thread{world: w, load: l, number: i, who: w.cast.person(i, l), over: begin + l.Until}
		w.at(begin+start, t.iterate)
	}
	for w.queue.Len() > 0 {
		e := heap.Pop(&w.queue).(event)
		w.now = e.at
		e.do()
	}
}

// delay is one trip through the network.
func (w *world) delay() float64 {
	n := w.scene.Network
	return n.Way + w.net.ExpFloat64()*n.Jitter
}

// vary returns mean, varied evenly by up to the share either way.
func vary(r *rand.Rand, mean, share float64) float64 {
	return mean * (1 + share*(2*r.Float64()-1))
}

// ends is when the last load has ended.
func (w *world) ends() float64 {
	end := 0.0
	for _, l := range w.scene.Loads {
		end += l.Until + w.scene.gap()
	}
	return end
}
