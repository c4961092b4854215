package fhir

import (
	"bytes"
	"io"
	"strconv"
)

// frameKind tells what kind of container the Reader is in.
type frameKind uint8

const (
	frameArray   frameKind = iota // a JSON array of resources
	frameBundle                   // a Bundle
	frameEntries                  // the array Bundle.entry
	frameEntry                    // one entry
)

// frame is a container that the Reader is in. Resources themselves have none:
// they are passed in one go.
type frame struct {
	kind  frameKind
	begun bool // a member or an element of it was read
	index int  // of the element that is being read, in arrays

	// Bundles
	start   int64 // offset of the opening brace
	info    BundleInfo
	typed   bool // resourceType was read
	entries bool // entry was read

	// Entries
	alone      bool // Bundle.entry is this object instead of an array
	fullURL    string
	resource   bool // the key resource was read
	inResource bool // its value is being read
}

func (r *Reader) top() *frame { return &r.frames[len(r.frames)-1] }

// push enters the container whose opening bracket is at the position.
func (r *Reader) push(f frame) {
	r.lex.pos++
	r.lex.strict = false
	r.frames = append(r.frames, f)
}

func (r *Reader) pop() { r.frames = r.frames[:len(r.frames)-1] }

// step reads on by one value.
func (r *Reader) step() {
	if len(r.frames) == 0 {
		r.stepTop()
	} else {
		switch f := r.top(); f.kind {
		case frameArray:
			r.stepArray(f)
		case frameBundle:
			r.stepBundle(f)
		case frameEntries:
			r.stepEntries(f)
		case frameEntry:
			r.stepEntry(f)
		}
	}
	r.settle()
}

// settle deals with what the lexer found wrong in the last step.
func (r *Reader) settle() {
	l := &r.lex
	switch {
	case l.failed:
		r.recover()
	case l.fault.rule != "":
		r.report(l.fault.offset, l.fault.rule)
	}
	l.fault, l.failed = fault{}, false
}

// stepTop reads a value at the top level of the file.
func (r *Reader) stepTop() {
	l := &r.lex
	c := l.next()
	if c == 0 && l.atEnd() {
		r.failure = l.err
		return
	}
	r.begin()
	switch c {
	case '{':
		r.object()
		r.peekLine()
	case '[':
		l.release()
		r.push(frame{kind: frameArray})
	default:
		l.fail(l.pos, ruleNotObject)
	}
}

// begin notes that a value at the top level begins at the position.
func (r *Reader) begin() {
	r.stream = r.stream || r.values > 0
	r.values++
	r.lineno = r.lex.lines
	r.lex.hold()
	r.lex.strict = true
}

// peekLine looks whether anything follows the resource that was just read: that
// is what tells NDJSON from a file of one resource.
func (r *Reader) peekLine() {
	l := &r.lex
	if l.failed || len(r.frames) > 0 {
		return
	}
	if c := l.next(); c != 0 || !l.atEnd() {
		r.stream = true
	}
	r.held.Line = r.line()
	for _, broken := range r.queue {
		broken.Line = r.line()
	}
}

// stepArray reads one element of a JSON array of resources.
func (r *Reader) stepArray(f *frame) {
	if !r.nextElement(f) {
		return
	}
	if r.lex.next() == '{' {
		r.object()
		return
	}
	r.skipNonObject(ruleNotObject)
}

// stepBundle reads one member of a Bundle.
func (r *Reader) stepBundle(f *frame) {
	l := &r.lex
	key, ok := r.nextMember(f)
	switch {
	case !ok:
		if !l.failed && !f.typed {
			r.report(f.start, ruleBundleType)
		}
	case string(key) == "entry":
		r.bundleEntry(f)
	case string(key) == "resourceType" && !f.typed:
		text, ok := l.stringValue()
		f.typed = ok && string(text) == "Bundle"
	default:
		r.lex.bundleMember(&f.info, key)
		r.learn(f)
	}
}

// bundleEntry enters the value of Bundle.entry. A single object stands for an
// array of one: old servers write it so.
func (r *Reader) bundleEntry(f *frame) {
	l := &r.lex
	c := l.next()
	switch {
	case f.entries:
		r.report(l.offset(), ruleTwice)
		l.skipValue()
	case c == '[':
		f.entries = true
		r.push(frame{kind: frameEntries})
	case c == '{':
		f.entries = true
		r.push(frame{kind: frameEntry, alone: true})
	case c == 'n':
		l.skipValue()
	default:
		r.skipNonObject(ruleEntryArray)
	}
}

// stepEntries reads on to the next entry.
func (r *Reader) stepEntries(f *frame) {
	if !r.nextElement(f) {
		return
	}
	if r.lex.next() == '{' {
		r.push(frame{kind: frameEntry})
		return
	}
	r.skipNonObject(ruleEntryObject)
}

// stepEntry reads one member of a Bundle's entry.
func (r *Reader) stepEntry(f *frame) {
	f.inResource = false
	if key, ok := r.nextMember(f); ok {
		r.entryMember(f, key)
	}
}

// entryMember reads the value of an entry's member.
func (r *Reader) entryMember(f *frame, key []byte) {
	l := &r.lex
	switch {
	case string(key) == "fullUrl" && f.fullURL == "":
		text, _ := l.stringValue()
		f.fullURL = string(text)
		if r.holding {
			r.held.FullURL = f.fullURL
		}
	case string(key) == "resource" && f.resource:
		r.report(l.offset(), ruleTwice)
		l.skipValue()
	case string(key) == "resource":
		f.resource, f.inResource = true, true
		if l.next() != '{' {
			r.skipNonObject(ruleNotObject)
			return
		}
		r.object()
	default:
		l.skipValue()
	}
}

// nextMember reads the key of the frame's next member, or leaves the frame.
func (r *Reader) nextMember(f *frame) ([]byte, bool) {
	key, ok := r.lex.member(!f.begun)
	f.begun = true
	if !ok && !r.lex.failed {
		r.pop()
	}
	return key, ok
}

// nextElement moves to the frame's next element, or leaves the frame.
func (r *Reader) nextElement(f *frame) bool {
	ok := r.lex.element(!f.begun)
	if ok && f.begun {
		f.index++
	}
	f.begun = true
	if !ok && !r.lex.failed {
		r.pop()
	}
	return ok
}

// skipNonObject reports that rule is broken by the value at the position and
// passes it.
func (r *Reader) skipNonObject(rule string) {
	l := &r.lex
	r.report(l.offset(), rule)
	if l.skipValue() {
		l.fault = fault{} // one report a value
	}
}

// object reads the object at the position, where a resource is due: to its end
// when it is a resource, to its entries when it is a Bundle. The window holds
// the object from its first byte.
func (r *Reader) object() {
	l := &r.lex
	l.hold()
	f := frame{kind: frameBundle, begun: true, start: l.offset()}
	r.spots, r.escaped = r.spots[:0], false
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			break
		}
		r.enter(key, f.start)
		switch string(key) {
		case "resourceType":
			r.typedObject(f)
			return
		case "entry":
			if r.openByEntries(f) {
				return
			}
		default:
			r.lex.bundleMember(&f.info, key)
		}
		if l.failed {
			return
		}
	}
	if !l.failed {
		if l.fault.rule == "" {
			l.fault = fault{rule: ruleNoType, offset: f.start}
		}
		r.closeResource(f.start)
	}
}

// typedObject goes on with the object that f describes, at the value of its
// resourceType.
func (r *Reader) typedObject(f frame) {
	l := &r.lex
	if l.buf[l.pos] != '"' {
		l.note(l.pos, ruleTypeString)
	}
	name, ok := l.stringValue()
	if ok && string(name) == "Bundle" {
		f.typed = true
		if !r.openBundle(f) {
			l.skipRest(true, false)
		}
		return
	}
	l.outer = 1 // the resource itself
	for !l.failed {
		key, ok := l.member(false)
		if !ok {
			break
		}
		r.enter(key, f.start)
		l.skipValue()
	}
	l.outer = 0
	if !l.failed {
		r.closeResource(f.start)
	}
}

// enter notes where the member stands whose value is at the position, in the
// object that begins at start.
func (r *Reader) enter(key []byte, start int64) {
	at := r.lex.spot
	r.escaped = r.escaped || int64(len(key)) != at.keyEnd-at.key
	r.spots = append(r.spots, spot{at.key - start, at.keyEnd - start, at.value - start})
}

// closeResource ends a resource that was read up to its closing brace: it is
// held to be yielded, or reported when it breaks a rule.
func (r *Reader) closeResource(start int64) {
	l := &r.lex
	end := l.offset()
	switch {
	case end-start > r.options.MaxResource:
		r.report(start, r.tooLarge())
	case l.fault.rule != "":
		r.report(l.fault.offset, l.fault.rule)
	default:
		l.holdNoMore()
		r.holding = true
		r.held = Resource{Offset: start, Pointer: r.pointer(), Line: r.line(), Release: r.release()}
		if !r.escaped {
			r.held.spots = r.spots
		}
		if len(r.frames) > 0 {
			r.held.FullURL = r.top().fullURL
		}
		return
	}
	l.fault = fault{}
	l.release()
}

// release returns what the Bundles around the position say of their release,
// the innermost first.
func (r *Reader) release() Release {
	for i := len(r.frames) - 1; i >= 0; i-- {
		if said := r.frames[i].info.Release; said != "" {
			return said
		}
	}
	return ""
}

// openBundle enters the Bundle that f describes; some of its members were read.
// It returns false when there are too many Bundles around it already.
func (r *Reader) openBundle(f frame) bool {
	depth := 0
	for i := range r.frames {
		if r.frames[i].kind == frameBundle {
			depth++
		}
	}
	r.lex.release()
	if depth == maxBundles {
		r.report(f.start, ruleBundleDepth)
		return false
	}
	r.lex.strict = false
	r.frames = append(r.frames, f)
	r.learn(r.top())
	return true
}

// learn takes over what a Bundle has said of itself, if it is the outermost.
func (r *Reader) learn(f *frame) {
	for i := range r.frames {
		if r.frames[i].kind == frameBundle {
			if &r.frames[i] == f {
				r.bundle = f.info
			}
			return
		}
	}
}

// openByEntries reads the value of a key "entry" that stands before
// resourceType. It returns true when that is a Bundle's, which is then open at
// the member that told it; otherwise the value is passed. List.entry is the
// only other one in FHIR, and no key of its elements is one of Bundle.entry's.
func (r *Reader) openByEntries(f frame) bool {
	l := &r.lex
	if l.next() != '[' {
		l.skipValue()
		return false
	}
	l.pos++
	for index := 0; l.element(index == 0); index++ {
		if l.buf[l.pos] != '{' {
			if !l.skipValue() {
				return false
			}
			continue
		}
		l.pos++
		for first := true; ; first = false {
			key, ok := l.member(first)
			if !ok {
				break
			}
			switch string(key) {
			case "fullUrl", "resource", "request", "response", "search", "link":
				r.openAtEntry(f, index, key)
				return true
			}
			if !l.skipValue() {
				return false
			}
		}
		if l.failed {
			return false
		}
	}
	return false
}

// openAtEntry opens the Bundle that f describes at the value of a member of its
// entry of that index.
func (r *Reader) openAtEntry(f frame, index int, key []byte) {
	f.entries = true
	if r.openBundle(f) {
		r.frames = append(r.frames, frame{kind: frameEntries, begun: true, index: index}, frame{kind: frameEntry, begun: true})
		r.entryMember(r.top(), key)
		return
	}
	l := &r.lex
	_ = l.skipValue() && l.skipRest(true, false) && l.skipRest(false, false) && l.skipRest(true, false)
}

// recover goes on at the next line of NDJSON after the lexer failed, or ends
// the reading.
func (r *Reader) recover() {
	l := &r.lex
	broken, pointer := l.fault, r.pointer()
	if l.err != nil && l.err != io.EOF {
		r.failure = l.err
		return
	}
	end, ok := int64(0), false
	if len(r.frames) == 0 || r.stream {
		end, ok = r.nextLine()
	}
	if !ok {
		r.refuse(broken.offset, broken.rule)
		return
	}
	if broken.offset > end {
		broken = fault{rule: ruleLineEnd, offset: end}
	}
	r.frames = r.frames[:0]
	r.stream = true
	r.queue = append(r.queue, &Error{Offset: broken.offset, Line: r.line(), Pointer: pointer, Rule: broken.rule})
	if r.badLines++; r.badLines >= maxBadLines {
		r.refuse(l.offset(), ruleBadLines)
	}
}

// nextLine moves to the line behind the one on which the value at the top level
// begins, when that is where the next value of NDJSON may be: a line that begins
// with a brace, or any line once the file has shown to be NDJSON. end is the
// offset of the newline before it.
func (r *Reader) nextLine() (end int64, ok bool) {
	l := &r.lex
	if len(r.frames) == 0 && l.mark >= 0 && !r.holding {
		l.pos, l.lines = l.mark, r.lineno
		l.release()
	}
	for {
		if i := bytes.IndexByte(l.buf[l.pos:], '\n'); i >= 0 {
			l.pos += i
			end = l.offset()
			l.pos++
			l.lines++
			c := l.next()
			return end, c == '{' || r.stream && (c != 0 || l.atEnd())
		}
		l.pos = len(l.buf)
		if !l.more() {
			return 0, false
		}
	}
}

// pointer returns the JSON Pointer (RFC 6901) of what is being read.
func (r *Reader) pointer() string {
	var buf [64]byte
	text := buf[:0]
	for i := range r.frames {
		switch f := &r.frames[i]; {
		case f.kind == frameArray && f.begun:
			text = strconv.AppendInt(append(text, '/'), int64(f.index), 10)
		case f.kind == frameEntries && f.begun:
			text = strconv.AppendInt(append(text, "/entry/"...), int64(f.index), 10)
		case f.kind == frameEntry && f.alone:
			text = append(text, "/entry"...)
		}
		if r.frames[i].inResource {
			text = append(text, "/resource"...)
		}
	}
	return string(text)
}
