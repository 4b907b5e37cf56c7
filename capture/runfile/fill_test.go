package runfile

import (
	"fmt"
	"net/netip"
	"reflect"

	"why403/capture"
)

// fill sets every field below v to a value of its own that is not zero, so that a
// field which is not stored, or is stored in another's column, cannot pass.
func fill(v reflect.Value, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[netip.AddrPort]() {
		v.Set(reflect.ValueOf(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(*n >> 8), byte(*n)}), uint16(*n))))
		return
	}
	if v.Type() == reflect.TypeFor[capture.KeptHead]() {
		v.Set(reflect.ValueOf(capture.Head(fmt.Sprintf("text %d\r\n\x00<é\xff", *n)).Keep()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d\r\n\x00<é\xff", *n))
		if v.Type() == reflect.TypeFor[string]() { // texts in JSON are UTF-8
			v.SetString(fmt.Sprintf("text %d\r\n\x00<é", *n))
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(byte(*n)))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(fmt.Sprintf("fill %v", v.Type()))
	}
}

// filled returns a T with every field set, different for each seed.
func filled[T any](seed int) T {
	var t T
	n := seed
	fill(reflect.ValueOf(&t).Elem(), &n)
	return t
}

// filledUpgrade obeys the record's rules besides.
func filledUpgrade(seed int) capture.Upgrade {
	u := filled[capture.Upgrade](seed)
	u.Status, u.Outcome = 101, capture.Accepted
	for i := range u.Credentials {
		u.Credentials[i].Token = capture.Fingerprint(fmt.Sprintf("%016x", seed+i))
	}
	return u
}
