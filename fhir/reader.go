package fhir

import (
	"bytes"
	"fmt"
	"io"
)

// ReaderOptions bounds what a Reader takes. The zero value asks for the defaults.
type ReaderOptions struct {
	// MaxResource is the size in bytes of the largest resource that is yielded;
	// a larger one is skipped with an Error that is not fatal. Default 64 MiB.
	MaxResource int64
	// MaxTotal is how many bytes a file may have after decompression. Default
	// 16 GiB.
	MaxTotal int64
}

const (
	defaultMaxResource = 64 << 20
	defaultMaxTotal    = 16 << 30
)

// BundleInfo is what a bundle says of itself, as far as it was read.
type BundleInfo struct {
	Type    string  // Bundle.type: "searchset", "document", ...
	SelfURL string  // url of Bundle.link with the relation "self"
	Release Release // what Bundle.meta.profile or the self link say of the release, or ""
}

// Reader yields the resources of one file, one at a time and in their order. The
// file is a Bundle of any type, NDJSON, a JSON array, one resource, or any of
// these compressed by gzip (RFC 1952). Its memory is one resource and a window.
//
// What counts as a resource:
//
//   - the value of entry.resource in a Bundle, wherever the keys of the Bundle
//     and of the entry stand; an entry without one (a DELETE in a transaction,
//     an answer without a body) holds none;
//   - a Bundle found where a resource is due is opened, not yielded, and so are
//     the Bundles in it, up to 32 levels; a Bundle without entries is no fault;
//   - contained resources belong to the resource that contains them, and
//     resources inside Parameters to the Parameters: neither is yielded by itself.
//
// Where a key occurs twice in an object the first one counts, as it does in
// Summarize; a second entry.resource or Bundle.entry, which would be lost, is
// reported.
//
// Every Resource.Raw is valid JSON in valid UTF-8 (RFC 8259), byte for byte as
// in the file. A resource that breaks a rule but lets its end be found is
// reported by an Error that is not Fatal, and reading goes on behind it. In
// NDJSON reading goes on at the next line whatever a line holds.
type Reader struct {
	source   io.Reader
	options  ReaderOptions
	lex      lexer
	frames   []frame
	bundle   BundleInfo // of the outermost bundle
	values   int64      // values begun at the top level
	stream   bool       // there is more than one of them: NDJSON
	lineno   int64      // the line, from 0, that the latest of them begins on
	badLines int        // lines in a row that held no resource

	spots   []spot   // of the members of the object that is being read
	escaped bool     // a key among them is not written as it reads
	held    Resource // a resource whose entry is not read to its end, but for its bytes
	holding bool     // there is one; its bytes are held by the window
	queue   []*Error // to be returned before anything else
	failure error    // the sticky end: io.EOF, a fatal *Error or an error of the source
	started bool
}

const (
	ruleNoType      = "a resource without resourceType (FHIR R4 section 2.6.2)"
	ruleTypeString  = "resourceType is not a string (FHIR R4 section 2.6.2)"
	ruleNotObject   = "a resource is due here, as a JSON object"
	ruleEntryObject = "an entry of a Bundle is due here, as a JSON object"
	ruleEntryArray  = "Bundle.entry is not an array"
	ruleTwice       = "the key stands twice; the first one counts"
	ruleBundleDepth = "Bundles are nested deeper than 32 levels"
	ruleBundleType  = "an object with Bundle entries whose resourceType is not Bundle"
	ruleBadLines    = "1000 lines in a row hold no resource"
)

const (
	maxBundles  = 32   // Bundles inside each other
	maxBadLines = 1000 // lines in a row without a resource
)

// NewReader returns a Reader over src.
func NewReader(src io.Reader, options ReaderOptions) *Reader {
	if options.MaxResource <= 0 {
		options.MaxResource = defaultMaxResource
	}
	if options.MaxTotal <= 0 {
		options.MaxTotal = defaultMaxTotal
	}
	return &Reader{source: src, options: options}
}

// Offset returns how many bytes have been read, after decompression.
func (r *Reader) Offset() int64 { return r.lex.base + int64(len(r.lex.buf)) }

// Bundle returns what the outermost bundle has said of itself so far.
func (r *Reader) Bundle() BundleInfo { return r.bundle }

// Next returns the next resource. It returns io.EOF after the last one and an
// *Error where the input breaks a rule; when that Error is not Fatal, Next may
// be called again. An error of src is returned as it is. After io.EOF, a Fatal
// Error or an error of src every call returns the same.
func (r *Reader) Next() (Resource, error) {
	if !r.started {
		r.started = true
		r.failure = r.start()
	}
	if !r.holding {
		r.lex.release()
	}
	for {
		switch {
		case r.ready():
			return r.take(), nil
		case len(r.queue) > 0:
			first := r.queue[0]
			r.queue = r.queue[1:]
			return Resource{}, first
		case r.failure != nil:
			return Resource{}, r.failure
		}
		r.step()
	}
}

// start opens the file: its compression, its byte order mark, and what it is.
func (r *Reader) start() error {
	l := &r.lex
	l.window = r.windowOn(r.source)
	if err := l.ahead(len(gzipMagic)); err != nil {
		return err
	}
	if bytes.HasPrefix(l.buf, []byte(gzipMagic)) {
		unzipped, err := newGunzip(l.rest())
		if err != nil {
			return err
		}
		l.window = r.windowOn(unzipped)
	}
	if err := l.ahead(sniffSize); err != nil {
		return err
	}
	if rule := sniff(l.buf[:min(len(l.buf), sniffSize)]); rule != "" {
		return &Error{Rule: rule, Fatal: true}
	}
	if bytes.HasPrefix(l.buf, []byte(byteOrderMark)) {
		l.pos = len(byteOrderMark)
	}
	return nil
}

// windowOn returns a window on the bytes of source, with the bounds of r.
func (r *Reader) windowOn(source io.Reader) window {
	bounded := &boundedReader{source: source, limit: r.options.MaxTotal}
	return window{source: bounded, mark: -1, limit: int(r.options.MaxResource)}
}

// ready tells whether a resource is read and its entry, if any, is too: the
// fullUrl may stand behind the resource.
func (r *Reader) ready() bool {
	if !r.holding {
		return false
	}
	return r.failure != nil || len(r.frames) == 0 || r.top().kind != frameEntry
}

// take returns the resource that is ready.
func (r *Reader) take() Resource {
	resource := r.held
	resource.Raw = r.lex.held()
	r.held, r.holding, r.badLines = Resource{}, false, 0
	return resource
}

// report queues an Error that is not fatal.
func (r *Reader) report(offset int64, rule string) {
	r.queue = append(r.queue, &Error{Offset: offset, Line: r.line(), Pointer: r.pointer(), Rule: rule})
}

// refuse ends the reading with a fatal Error.
func (r *Reader) refuse(offset int64, rule string) {
	r.failure = &Error{Offset: offset, Line: r.line(), Pointer: r.pointer(), Rule: rule, Fatal: true}
}

// tooLarge is the rule that a resource beyond MaxResource breaks.
func (r *Reader) tooLarge() string {
	if r.options.MaxResource < 1<<20 {
		return fmt.Sprintf("the resource is larger than %d bytes", r.options.MaxResource)
	}
	return fmt.Sprintf("the resource is larger than %d MiB", r.options.MaxResource>>20)
}

// line returns the line of the value at the top level that is being read, from
// 1, or 0 while the file has shown no second value.
func (r *Reader) line() int64 {
	if !r.stream {
		return 0
	}
	return r.lineno + 1
}
