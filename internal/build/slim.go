package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// slim makes a module that Go linked smaller for the way to the browser; what it
// does stays the same. Go's linker leaves the zeros of the data out, which takes
// up to 100,000 segments whose headers compress badly: they become one. The
// tables that lead from an instruction to its file and line go, since nobody
// reads a stack trace with line numbers in a browser without sources: functions
// keep their names. And so does what the linker could not tell to be unused. Together
// they are a fifth of what is transferred.
func slim(module []byte) ([]byte, error) {
	sections, err := readSections(module)
	if err != nil {
		return nil, err
	}
	if sections, err = dropUnreached(sections); err != nil {
		return nil, err
	}
	slimmed := bytes.Clone(module[:len(wasmHeader)])
	for _, s := range sections {
		if s.id == dataSection {
			memory, err := readData(s.content)
			if err != nil {
				return nil, err
			}
			if err := stripLines(memory.content); err != nil {
				return nil, err
			}
			zeroTables(memory.content)
			s.content = memory.encode()
		}
		slimmed = append(slimmed, s.id)
		slimmed = binary.AppendUvarint(slimmed, uint64(len(s.content)))
		slimmed = append(slimmed, s.content...)
	}
	return slimmed, nil
}

// WebAssembly Core 2.0 section 5.5.
const (
	wasmHeader    = "\x00asm\x01\x00\x00\x00"
	customSection = 0
	importSection = 2
	codeSection   = 10
	dataSection   = 11
	unreachable   = 0x00
	i32Const      = 0x41
	end           = 0x0b
)

var errModule = errors.New("not a module as Go links it")

// section is one section of a module (section 5.5.2).
type section struct {
	id      byte
	content []byte
}

func readSections(module []byte) ([]section, error) {
	if !bytes.HasPrefix(module, []byte(wasmHeader)) {
		return nil, errModule
	}
	var sections []section
	for rest := module[len(wasmHeader):]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return nil, errModule
		}
		rest = rest[1+n:]
		sections = append(sections, section{id: id, content: rest[:size]})
		rest = rest[size:]
	}
	return sections, nil
}

// data is the memory that the data section sets, from its first byte on.
type data struct {
	start   int
	content []byte
}

// mostData bounds what a wrong offset can make slim allocate, in bytes.
const mostData = 1 << 28

// segment is one segment of the data section.
type segment struct {
	offset  int
	content []byte
}

// readData lays the segments out in memory.
func readData(content []byte) (data, error) {
	segments, err := readSegments(content)
	if err != nil {
		return data{}, err
	}
	slices.SortFunc(segments, func(a, b segment) int { return a.offset - b.offset })
	d := data{start: segments[0].offset}
	for _, s := range segments {
		gap := s.offset - d.start - len(d.content)
		if gap < 0 {
			return data{}, errModule
		}
		d.content = append(d.content, make([]byte, gap)...)
		d.content = append(d.content, s.content...)
	}
	return d, nil
}

// readSegments reads the data section (section 5.5.14), of at least one segment.
// Go's are all active, at a constant offset of memory 0.
func readSegments(content []byte) ([]segment, error) {
	count, n := binary.Uvarint(content)
	if n <= 0 || count == 0 {
		return nil, errModule
	}
	var segments []segment
	rest := content[n:]
	for range count {
		if len(rest) < 2 || rest[0] != 0 || rest[1] != i32Const {
			return nil, errModule
		}
		offset, n := readSigned(rest[2:])
		rest = rest[2+n:]
		if n == 0 || offset < 0 || offset > mostData || len(rest) == 0 || rest[0] != end {
			return nil, errModule
		}
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return nil, errModule
		}
		rest = rest[1+n:]
		segments = append(segments, segment{offset: offset, content: rest[:size]})
		rest = rest[size:]
	}
	if len(rest) != 0 {
		return nil, errModule
	}
	return segments, nil
}

// encode writes the memory as a data section of one segment.
func (d data) encode() []byte {
	content := []byte{1, 0, i32Const}
	content = appendSigned(content, d.start)
	content = append(content, end)
	content = binary.AppendUvarint(content, uint64(len(d.content)))
	return append(content, d.content...)
}

// readSigned reads a signed LEB128 number (section 5.2.2) and its length, 0 when
// it is none.
func readSigned(from []byte) (value, n int) {
	for shift := 0; n < len(from) && n < 5; shift += 7 {
		b := from[n]
		n++
		value |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 {
				value -= 1 << (shift + 7)
			}
			return value, n
		}
	}
	return 0, 0
}

func appendSigned(to []byte, value int) []byte {
	for {
		b := byte(value & 0x7f)
		value >>= 7
		if value == 0 && b&0x40 == 0 || value == -1 && b&0x40 != 0 {
			return append(to, b)
		}
		to = append(to, b|0x80)
	}
}
