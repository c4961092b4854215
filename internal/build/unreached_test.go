package main

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// vector is a count and what follows, each item after its length when it is one of
// bytes (WebAssembly Core 2.0 section 5.1.3).
func vector(items ...[]byte) []byte {
	encoded := binary.AppendUvarint(nil, uint64(len(items)))
	for _, item := range items {
		encoded = append(binary.AppendUvarint(encoded, uint64(len(item))), item...)
	}
	return encoded
}

// nameSection names functions from index 1 on.
func nameSection(names ...string) []byte {
	list := binary.AppendUvarint(nil, uint64(len(names)))
	for i, name := range names {
		list = append(list, byte(1+i), byte(len(name)))
		list = append(list, name...)
	}
	content := append([]byte("\x04name"), 1)
	return append(binary.AppendUvarint(content, uint64(len(list))), list...)
}

func TestDropUnreached(t *testing.T) {
	body := []byte{0, i32Const, 7, end}
	sections := []section{
		{importSection, []byte{1, 1, 'e', 1, 'f', 0, 0}},
		{codeSection, vector(body, body, body, body)},
		{customSection, nameSection(
			"crypto_internal_fips140_nistec.__P256Point_.Add",
			"crypto_internal_fips140_nistec.init.0",
			"crypto_internal_fips140_nistecother.Add",
			"github.com_klauspost_compress_zstd.__fastEncoder_.Encode")},
	}
	kept, err := dropUnreached(sections)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 2 {
		t.Errorf("%d sections, want them without the names", len(kept))
	}
	if want := vector([]byte{0, unreachable, end}, body, body, body); !bytes.Equal(kept[1].content, want) {
		t.Errorf("the code is\n%v, want\n%v", kept[1].content, want)
	}
}

func TestBadNamesAndCode(t *testing.T) {
	names := section{customSection, nameSection("main.main")}
	code := section{codeSection, vector([]byte{0, end})}
	for what, sections := range map[string][]section{
		"names cut short":        {code, {customSection, names.content[:len(names.content)-1]}},
		"a body cut short":       {{codeSection, code.content[:len(code.content)-1]}, names},
		"bytes after the bodies": {{codeSection, append(slices.Clone(code.content), 0)}, names},
	} {
		if _, err := dropUnreached(sections); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	other := section{customSection, []byte("\x05other")}
	if kept, err := dropUnreached([]section{code, other}); err != nil || len(kept) != 2 {
		t.Errorf("a module without names: %d sections, %v", len(kept), err)
	}
}

func TestZeroTables(t *testing.T) {
	table := unreachedTables[0]
	memory := slices.Concat([]byte{1}, table.begins, bytes.Repeat([]byte{9}, table.size-len(table.begins)), []byte{2})
	zeroTables(memory)
	if want := slices.Concat([]byte{1}, make([]byte, table.size), []byte{2}); !bytes.Equal(memory, want) {
		t.Error("not the table alone is zero")
	}
	short := append([]byte{1}, table.begins...)
	zeroTables(short)
	if !bytes.Equal(short[1:], table.begins) {
		t.Error("a table that is cut short was changed")
	}
}
