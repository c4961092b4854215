package fhir

import (
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	// ratioGrace is how many bytes compressed data may expand to before its
	// ratio counts.
	ratioGrace = 64 << 20
	// maxRatio is how many times its size compressed data may expand to. FHIR
	// JSON stays below 60; deflate itself ends at 1032.
	maxRatio = 400
)

// gzipMagic begins every gzip member (RFC 1952 section 2.3.1).
const gzipMagic = "\x1F\x8B"

const (
	ruleGzip      = "the gzip data is damaged (RFC 1952)"
	ruleGzipEnd   = "the file is cut short: the gzip data ends too early (RFC 1952)"
	ruleGzipRatio = "the gzip data expands to more than 400 times its size"
	ruleTotal     = "the file is larger than this reader takes"
)

// gunzip decompresses a gzip file of one or more members. It refuses data that
// expands out of proportion: a small file must not keep a device busy for hours.
type gunzip struct {
	packed   countingReader
	unzipped *gzip.Reader
	bytes    int64 // bytes given out
}

// newGunzip returns a reader of the decompressed bytes of source.
func newGunzip(source io.Reader) (*gunzip, error) {
	g := &gunzip{packed: countingReader{source: source}}
	var err error
	g.unzipped, err = gzip.NewReader(&g.packed)
	if err != nil {
		return nil, g.explain(err)
	}
	return g, nil
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.unzipped.Read(p)
	g.bytes += int64(n)
	if g.bytes > ratioGrace && g.bytes/maxRatio > g.packed.bytes {
		return n, g.refuse(ruleGzipRatio)
	}
	if err != nil && err != io.EOF {
		err = g.explain(err)
	}
	return n, err
}

// explain turns an error of the gzip package into an *Error, but leaves an
// error of the source as it is.
func (g *gunzip) explain(err error) error {
	switch {
	case g.packed.err != nil:
		return g.packed.err
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return g.refuse(ruleGzipEnd)
	}
	return g.refuse(ruleGzip)
}

func (g *gunzip) refuse(rule string) error {
	return &Error{Offset: g.bytes, Rule: rule, Fatal: true}
}

// countingReader counts the bytes that were read and remembers why source failed.
type countingReader struct {
	source io.Reader
	bytes  int64
	err    error // an error of source other than io.EOF
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	c.bytes += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// boundedReader fails when its source has more than limit bytes.
type boundedReader struct {
	source io.Reader
	bytes  int64
	limit  int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	if room := b.limit - b.bytes; int64(n) > room {
		n, err = int(room), &Error{Offset: b.limit, Rule: ruleTotal, Fatal: true}
	}
	b.bytes += int64(n)
	return n, err
}
