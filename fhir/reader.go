package fhir

import "io"

// ReaderOptions bounds what a Reader takes. The zero value asks for the defaults.
type ReaderOptions struct {
	// MaxResource is the size in bytes of the largest resource that is yielded;
	// a larger one is skipped with an Error that is not fatal. Default 64 MiB.
	MaxResource int64
}

// BundleInfo is what a bundle says of itself, as far as it was read.
type BundleInfo struct {
	Type    string  // Bundle.type: "searchset", "document", ...
	SelfURL string  // url of Bundle.link with the relation "self"
	Release Release // what the bundle says of its release, or ""
}

// Reader yields the resources of one file, one at a time.
type Reader struct{}

// NewReader returns a Reader over src.
func NewReader(src io.Reader, options ReaderOptions) *Reader { return &Reader{} }

// Next returns the next resource. It returns io.EOF after the last one and an
// *Error where the input breaks a rule; when that Error is not Fatal, Next may
// be called again. An error of src is returned as it is.
func (r *Reader) Next() (Resource, error) { return Resource{}, io.EOF }

// Offset returns how many bytes have been read, after decompression.
func (r *Reader) Offset() int64 { return 0 }

// Bundle returns what the outermost bundle has said of itself so far.
func (r *Reader) Bundle() BundleInfo { return BundleInfo{} }
