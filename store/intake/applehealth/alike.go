package applehealth

import (
	"bytes"
	"slices"

	"github.com/keepwell-health/keepwell/store"
)

// alike knows the last Record that was read in full, and reads those that repeat
// it but for their dates and value: nearly all. To compare bytes costs a tenth of
// reading a tag and its attributes.
type alike struct {
	head  []byte      // `<Record type="..." ... creationDate="`
	typ   *recordType // of head
	tails []likeness  // the one learnt last is the last
	last  int         // the one of tails that was met last
}

// likeness is what records with one head and one tail have in common.
type likeness struct {
	tail   string // what follows the value, with the elements inside
	like   *store.Template
	offset string // from UTC, of the start: it is in the metadata of like
	scale  float64
}

const (
	maxTails = 8       // of one head; a search through them is quicker than a map
	maxTail  = 4 << 10 // bytes
)

// again takes the next element if it is like the last one.
func (e *export) again() (bool, error) {
	window := e.scan.Window()
	space := indent(window)
	next, ok := split(window[space:], e.alike.head)
	if !ok {
		return false, nil
	}
	like, reading, ok := e.alike.read(&next)
	if !ok {
		return false, nil
	}
	e.scan.Pass(space + next.length)
	return true, e.take(like, reading)
}

// maxIndent is how much white space indent looks behind.
const maxIndent = 16

// indent returns the length of the white space that a window begins with.
func indent(window []byte) int {
	space := 0
	for space < len(window) && space < maxIndent && window[space] <= ' ' {
		space++
	}
	return space
}

// parts are the parts of a Record element that is written as an iPhone writes it.
type parts struct {
	start, end, value, tail []byte
	length                  int // of the element, in bytes
}

// What stands between the parts, behind the 25 letters of creationDate.
const (
	beforeStart  = `" startDate="`
	beforeEnd    = `" endDate="`
	beforeValue  = `" value="`
	dateLength   = 25
	offsetLength = 5 // at its end: "+0100"
	startAt      = dateLength + len(beforeStart)
	endAt        = startAt + dateLength + len(beforeEnd)
	valueAt      = endAt + dateLength + len(beforeValue)
	maxValue     = 64
)

// split divides an element that begins with head. ok is false for one that is
// written in another way, or is not all there.
func split(element, head []byte) (p parts, ok bool) {
	if len(head) == 0 || !bytes.HasPrefix(element, head) {
		return p, false
	}
	rest := element[len(head):]
	if len(rest) < valueAt+maxValue || bytes.IndexByte(rest[:dateLength], '"') >= 0 || string(rest[dateLength:startAt]) != beforeStart ||
		string(rest[startAt+dateLength:endAt]) != beforeEnd || string(rest[endAt+dateLength:valueAt]) != beforeValue {
		return p, false
	}
	p.start, p.end = rest[startAt:startAt+dateLength], rest[endAt:endAt+dateLength]
	quote := bytes.IndexByte(rest[valueAt:valueAt+maxValue], '"')
	if quote < 0 {
		return p, false
	}
	p.value = rest[valueAt : valueAt+quote]
	tail := rest[valueAt+quote+1:]
	length := tailLength(tail)
	if length == 0 {
		return p, false
	}
	p.tail = tail[:length]
	p.length = len(head) + valueAt + quote + 1 + length
	return p, true
}

// tailLength returns the length of what closes a Record, 0 when it is not there.
func tailLength(tail []byte) int {
	switch {
	case len(tail) < 2:
		return 0
	case tail[0] == '/' && tail[1] == '>':
		return 2
	case tail[0] == '>':
		tail = tail[:min(len(tail), maxTail)]
		if at := bytes.Index(tail, []byte("</Record>")); at > 0 {
			return at + len("</Record>")
		}
	}
	return 0
}

// read returns the sample of an element, or false for one that a full reading
// must judge.
func (a *alike) read(p *parts) (like *store.Template, reading store.Reading, ok bool) {
	known := a.find(p.tail)
	if known == nil || string(p.start[dateLength-offsetLength:]) != known.offset {
		return nil, reading, false
	}
	start, okStart := parseDate(p.start)
	end, okEnd := parseDate(p.end)
	value, reason := a.typ.value(p.value)
	reading = store.Reading{StartDate: start, EndDate: end, Value: value * known.scale}
	return known.like, reading, okStart && okEnd && end >= start && reason == ""
}

func (a *alike) find(tail []byte) *likeness {
	if a.last < len(a.tails) && a.tails[a.last].tail == string(tail) {
		return &a.tails[a.last]
	}
	for at := range a.tails {
		if a.tails[at].tail == string(tail) {
			a.last = at
			return &a.tails[at]
		}
	}
	return nil
}

// learn remembers a Record that was read in full, unless split would read
// anything else in it.
func (a *alike) learn(raw []byte, typ *recordType, like *store.Template, reading store.Reading) {
	const created = ` creationDate="`
	at := bytes.Index(raw, []byte(created))
	if at < 0 {
		return
	}
	head := raw[:at+len(created)]
	p, ok := split(append(raw[:len(raw):len(raw)], make([]byte, maxValue)...), head)
	if !ok || p.length != len(raw) {
		return
	}
	if !bytes.Equal(head, a.head) {
		a.head, a.typ, a.tails = bytes.Clone(head), typ, nil
	}
	a.tails = slices.DeleteFunc(a.tails, func(known likeness) bool { return known.tail == string(p.tail) })
	if len(a.tails) == maxTails {
		a.tails = a.tails[1:]
	}
	a.tails = append(a.tails, likeness{tail: string(p.tail), like: like, offset: string(p.start[dateLength-offsetLength:]), scale: scale(like.Sample().Unit)})
	a.last = len(a.tails) - 1
	if _, again, ok := a.read(&p); !ok || again != reading {
		a.tails = a.tails[:a.last]
	}
}
