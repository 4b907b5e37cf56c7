package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"why403/capture"
	"why403/capture/token"
)

// Read makes a run of an archive. The keeper masks and fingerprints what is secret;
// meta gives the run's id, version and source, its times are set from the entries.
// A file that is not an archive is an error, with the offset in bytes; an entry
// whose time or URL cannot be read is left out, and a note says how many were.
func Read(r io.Reader, keeper *token.Keeper, meta capture.Meta) (*capture.Run, error) {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3) // a byte order mark, as Fiddler writes it
	}
	dec := json.NewDecoder(b)
	im := newImporter(keeper)
	if err := im.file(dec); err != nil {
		return nil, fmt.Errorf("read HAR: at byte %d: %w", dec.InputOffset(), err)
	}
	return im.run(meta), nil
}

// file walks to log.entries and decodes one entry after the other, so that memory
// holds one of them.
func (im *importer) file(dec *json.Decoder) error {
	found := false
	err := object(dec, func(key string) error {
		if key != "log" {
			return skip(dec)
		}
		found = true
		return object(dec, func(key string) error {
			switch key {
			case "creator":
				return dec.Decode(&im.creator)
			case "entries":
				return array(dec, func() error {
					var e entry
					e.Timings = timings{-1, -1, -1, -1, 0, 0, 0}
					if err := dec.Decode(&e); err != nil {
						return fmt.Errorf("entry %d: %w", im.entries+1, err)
					}
					im.entries++
					im.entry(&e)
					return nil
				})
			default:
				return skip(dec)
			}
		})
	})
	if err == nil && !found {
		err = fmt.Errorf("no \"log\": this is no HTTP Archive")
	}
	return err
}

// object calls of for each key of a JSON object; of reads the value.
func object(dec *json.Decoder, of func(key string) error) error {
	return nested(dec, '{', func() error {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		return of(name)
	})
}

// array calls of for each element of a JSON array; of reads it.
func array(dec *json.Decoder, of func() error) error { return nested(dec, '[', of) }

func nested(dec *json.Decoder, open json.Delim, of func() error) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != open {
		return fmt.Errorf("%v where %v was expected", t, open)
	}
	for dec.More() {
		if err := of(); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

func skip(dec *json.Decoder) error {
	var v json.RawMessage
	return dec.Decode(&v)
}
