package capture

// index finds the attempts of a run by connection and exchange.
type index struct {
	// firsts are those of exchange 1, by connection: nearly all there are. A map of them takes
	// some 40 bytes for each in place of 8, and took a seventh of the time to read a run file.
	firsts []*Upgrade
	others map[[2]int64]*Upgrade
	known  int64
}

// sparse is how many connections there may be for each attempt, so that numbers from a file
// take no more memory than its attempts.
const sparse = 4

func (x *index) find(conn, exchange int64) *Upgrade {
	if x.isFirst(conn, exchange) && x.firsts[conn] != nil {
		return x.firsts[conn]
	}
	return x.others[[2]int64{conn, exchange}]
}

func (x *index) isFirst(conn, exchange int64) bool {
	return exchange == 1 && conn >= 0 && conn < int64(len(x.firsts))
}

func (x *index) put(conn, exchange int64, u *Upgrade) {
	x.known++
	if exchange == 1 && conn >= int64(len(x.firsts)) && conn < sparse*x.known+1024 {
		x.firsts = append(x.firsts, make([]*Upgrade, conn+1-int64(len(x.firsts)))...)
	}
	switch {
	case x.isFirst(conn, exchange):
		x.firsts[conn] = u
	case x.others == nil:
		x.others = map[[2]int64]*Upgrade{{conn, exchange}: u}
	default:
		x.others[[2]int64{conn, exchange}] = u
	}
}
