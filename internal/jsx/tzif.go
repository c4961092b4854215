package jsx

import (
	"encoding/binary"
	"fmt"
	"time"
)

// sampling is the step in which a time zone's offset is looked at. No zone has
// kept an offset for less since 1970 (the pause for Ramadan of Morocco and Egypt
// takes four weeks).
const sampling = 20 * 24 * 60 * 60 // s

// transition says that an offset holds from an instant on.
type transition struct {
	at     int64 // s since the Unix epoch
	offset int   // s east of Greenwich
}

// findTransitions looks for the changes of offset in [from, to), in seconds
// since the Unix epoch. The first element holds before them all.
func findTransitions(offset func(at int64) int, from, to int64) []transition {
	before := offset(from)
	found := []transition{{from, before}}
	for at := from; at < to; at += sampling {
		after := offset(at + sampling)
		if after == before {
			continue
		}
		low, high := at, at+sampling // the change is in (low, high]
		for high-low > 1 {
			if middle := (low + high) / 2; offset(middle) == before {
				low = middle
			} else {
				high = middle
			}
		}
		found = append(found, transition{high, after})
		before = after
	}
	return found
}

// location makes a time.Location of transitions, by way of the one format that
// package time reads: TZif version 2 (RFC 9636).
func location(name string, transitions []transition) (*time.Location, error) {
	types, names := map[int]byte{}, []byte{}
	var times, indexes, records []byte
	for i, t := range transitions {
		if _, known := types[t.offset]; !known {
			types[t.offset] = byte(len(types))
			records = binary.BigEndian.AppendUint32(records, uint32(int32(t.offset)))
			records = append(records, 0, byte(len(names))) // whether it is daylight saving time nobody asks
			names = append(names, offsetName(t.offset)+"\x00"...)
		}
		if i > 0 {
			times = binary.BigEndian.AppendUint64(times, uint64(t.at))
			indexes = append(indexes, types[t.offset])
		}
	}
	data := appendTZifHeader(nil, 0, 0, 0) // the block of version 1, which readers of 2 skip
	data = appendTZifHeader(data, len(indexes), len(types), len(names))
	for _, part := range [][]byte{times, indexes, records, names} {
		data = append(data, part...)
	}
	return time.LoadLocationFromTZData(name, append(data, "\n\n"...))
}

// appendTZifHeader appends a header (RFC 9636 section 3.1).
func appendTZifHeader(to []byte, times, types, chars int) []byte {
	to = append(to, "TZif2"...)
	to = append(to, make([]byte, 15)...)
	for _, count := range []int{0, 0, 0, times, types, chars} {
		to = binary.BigEndian.AppendUint32(to, uint32(count))
	}
	return to
}

// offsetName returns an offset as RFC 9636 names one without a name: "+0530".
func offsetName(offset int) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d%02d", sign, offset/3600, offset/60%60)
}
