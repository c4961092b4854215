package main

import (
	"encoding/binary"
	"errors"
)

// errShort says that a value ends before what it must hold.
var errShort = errors.New("a value is cut short")

// input reads a value from its front. After the first error everything reads as
// zero; done tells.
type input struct {
	data []byte
	err  error
}

func (in *input) take(n uint64) []byte {
	if n > uint64(len(in.data)) {
		in.err, in.data = errShort, nil
		return make([]byte, min(n, 1<<10))
	}
	taken := in.data[:n]
	in.data = in.data[n:]
	return taken
}

func (in *input) byte() byte     { return in.take(1)[0] }
func (in *input) uint16() uint64 { return uint64(binary.BigEndian.Uint16(in.take(2))) }
func (in *input) uint32() uint32 { return binary.BigEndian.Uint32(in.take(4)) }

func (in *input) uvarint() uint64 {
	value, n := binary.Uvarint(in.data)
	in.skip(n)
	return value
}

func (in *input) varint() int64 {
	value, n := binary.Varint(in.data)
	in.skip(n)
	return value
}

func (in *input) skip(n int) {
	if n <= 0 {
		in.err, in.data = errShort, nil
		return
	}
	in.data = in.data[n:]
}

// done returns what went wrong; bytes that are left over are wrong too.
func (in *input) done() error {
	if in.err == nil && len(in.data) > 0 {
		return errors.New("a value is longer than it should be")
	}
	return in.err
}
