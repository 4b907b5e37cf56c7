package analysis

// prediction says for each attempt whether a mechanism would have refused it.
type prediction []forecast

// forecast is what a mechanism says of one attempt: refuse, accept, or neither if it has no
// idea, with remarks. It is one byte, since dozens are kept of each of a million attempts.
type forecast uint8

const (
	toRefuse forecast = 1 << iota
	toAccept
	// isNear remarks that the attempt lies so close to the threshold that a slip is no
	// sign of another mechanism.
	isNear
	// isUnsure remarks that the recording cannot tell on which side it fell, whatever
	// the call.
	isUnsure
	// isApart remarks that the call was weighed apart from others of its kind.
	isApart
)

// foretell is the call of whoever knows whether an attempt is refused.
func foretell(refused bool) forecast {
	if refused {
		return toRefuse
	}
	return toAccept
}

// remark adds a remark where it holds.
func (f forecast) remark(what forecast, holds bool) forecast {
	if holds {
		return f | what
	}
	return f
}

func (f forecast) refuses() bool { return f&toRefuse != 0 }
func (f forecast) accepts() bool { return f&toAccept != 0 }
func (f forecast) silent() bool  { return f&(toRefuse|toAccept) == 0 }
func (f forecast) near() bool    { return f&isNear != 0 }
func (f forecast) unsure() bool  { return f&isUnsure != 0 }
func (f forecast) apart() bool   { return f&isApart != 0 }

// contradicts reports whether one says that an attempt is refused, and the other that it
// is not.
func (f forecast) contradicts(o forecast) bool {
	return f.refuses() && o.accepts() || f.accepts() && o.refuses()
}

// or is the forecast that one or the other refuses, of two that are not sure of it: who has
// no idea does not say that the attempt is accepted.
func (f forecast) or(o forecast) forecast {
	call := f & o & toAccept
	if f.refuses() || o.refuses() {
		call = toRefuse
	}
	return call | (f|o)&(isNear|isUnsure)
}
