package main

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// unreached lists the functions that the linker keeps, since a call of them could be
// made, and that Keepwell never calls. Each becomes one instruction that ends the
// program: a mistake in this list can't pass unseen. Names are as the linker writes
// them into a module, with _ for what is no letter, digit or dot.
var unreached = []string{
	// crypto/hpke offers every suite; the journal's is that of X25519 (docs/format.md,
	// section 3).
	"crypto_internal_fips140_nistec.",
	"crypto_internal_fips140_nistec_fiat.",
	"crypto_internal_fips140_mlkem.",
	"crypto_internal_fips140_sha3.",
	// zstd offers four encoders, each with and without a dictionary; the store takes
	// the fastest (store/vault.go).
	"github.com_klauspost_compress_zstd.__fastEncoderDict_.",
	"github.com_klauspost_compress_zstd.__doubleFastEncoder_.",
	"github.com_klauspost_compress_zstd.__doubleFastEncoderDict_.",
	"github.com_klauspost_compress_zstd.__betterFastEncoder_.",
	"github.com_klauspost_compress_zstd.__betterFastEncoderDict_.",
	"github.com_klauspost_compress_zstd.__bestFastEncoder_.",
}

// isUnreached tells whether a function is in the list. What a package does when it is
// initialised is reached.
func isUnreached(name string) bool {
	for _, prefix := range unreached {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return !strings.HasPrefix(rest, "init") && !strings.HasPrefix(rest, "map.init")
		}
	}
	return false
}

// unreachedTables are the beginnings of constants that only unreached functions use.
var unreachedTables = []struct {
	begins []byte
	size   int // bytes
}{
	// The multiples of P-256's base point (crypto/internal/fips140/nistec, p256_table.go).
	{[]byte{0x3c, 0x14, 0xa9, 0x18, 0xd4, 0x30, 0xe7, 0x79, 0x01, 0xb6, 0xed, 0x5f, 0xfc, 0x95, 0xba, 0x75}, 43 * 32 * 64},
}

// zeroTables sets those constants to zero.
func zeroTables(memory []byte) {
	for _, table := range unreachedTables {
		if at := bytes.Index(memory, table.begins); at >= 0 && at <= len(memory)-table.size {
			clear(memory[at : at+table.size])
		}
	}
}

// dropUnreached empties the unreached functions and drops the names of all, by which
// it knows them. A module without names stays as it is.
func dropUnreached(sections []section) ([]section, error) {
	var names map[uint64]string
	imported := uint64(0)
	kept := make([]section, 0, len(sections))
	for _, s := range sections {
		r := &reader{rest: s.content}
		switch {
		case s.id == importSection:
			imported = r.number() // all of Go's are functions
		case s.id == customSection && r.text() == "name":
			names = r.functionNames()
			if r.failed {
				return nil, errModule
			}
			continue
		}
		kept = append(kept, s)
	}
	for i := range kept {
		if kept[i].id == codeSection && len(names) > 0 {
			var err error
			if kept[i].content, err = emptyBodies(kept[i].content, imported, names); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

// emptyBodies rewrites the code section (section 5.5.13): the unreached functions
// have no locals and one instruction. The first one's index is that behind the
// imported ones.
func emptyBodies(content []byte, first uint64, names map[uint64]string) ([]byte, error) {
	r := &reader{rest: content}
	count := r.number()
	code := binary.AppendUvarint(nil, count)
	for i := uint64(0); i < count && !r.failed; i++ {
		body := r.bytes(r.number())
		if isUnreached(names[first+i]) {
			body = []byte{0, unreachable, end}
		}
		code = binary.AppendUvarint(code, uint64(len(body)))
		code = append(code, body...)
	}
	if r.failed || len(r.rest) > 0 {
		return nil, errModule
	}
	return code, nil
}

// reader reads a section's content; after a failure it returns nothing.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) number() uint64 {
	number, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return number
}

func (r *reader) bytes(count uint64) []byte {
	if count > uint64(len(r.rest)) {
		r.failed, r.rest = true, nil
		return nil
	}
	read := r.rest[:count]
	r.rest = r.rest[count:]
	return read
}

func (r *reader) text() string { return string(r.bytes(r.number())) }

// functionNames reads the names of functions by their index, behind the title of the
// name section (WebAssembly Core 2.0 appendix 7.4).
func (r *reader) functionNames() map[uint64]string {
	const functions = 1 // the subsection's id
	names := map[uint64]string{}
	for len(r.rest) > 0 {
		id := r.bytes(1)
		part := &reader{rest: r.bytes(r.number())}
		if r.failed || id[0] != functions {
			continue
		}
		for count := part.number(); count > 0 && !part.failed; count-- {
			index := part.number()
			names[index] = part.text()
		}
		r.failed = part.failed
	}
	return names
}
