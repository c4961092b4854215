package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// The table from program counters to functions, in memory (runtime/symtab.go,
// pcHeader and _func; internal/abi, CurrentPCLnTabMagic), of Go 1.20 to 1.26 on a
// machine with 8-byte words and 1-byte instructions.
var lineTableMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	headerSize     = 72 // bytes: magic and eight words
	functionSize   = 44 // bytes of a _func before its tables
	offsetPCSP     = 16
	offsetPCFile   = 20
	offsetPCLine   = 24
	offsetTables   = 28 // how many more tables follow the _func
	offsetUnit     = 32
	offsetLine     = 36 // of the func keyword
	offsetData     = 43 // how many addresses of data follow the tables; one byte
	functabEntry   = 8  // bytes: entry and offset of the _func
	noTable        = 0  // runtime.pcvalue finds nothing under it
	noData         = 1<<32 - 1
	wordsInHeader  = 8
	headerFirst    = 8 // bytes before the first word
	mostTablesEach = 64
)

// What only traces use, or nothing in a browser (internal/abi, symtab.go): the calls
// that were inlined, the arguments, and where a signal must not preempt. Without the
// first a trace shows the function that another was inlined into.
var (
	traceTables = []int{0, inlinedIndex, 3}    // PCDATA_UnsafePoint, _InlTreeIndex, _ArgLiveIndex
	traceData   = []int{inlinedCalls, 5, 6, 7} // FUNCDATA_InlTree, _ArgInfo, _ArgLiveInfo, _WrapInfo
)

const (
	inlinedIndex    = 2
	inlinedCalls    = 3
	inlinedCallSize = 16 // bytes of a runtime.inlinedCall
)

// lineTable is that table's header: offsets from its start.
type lineTable struct {
	memory                       []byte // from the header on
	functions                    int
	units, files, tables, lookup int // cutab, filetab, pctab, functab

	data  []byte          // what functions' data are offsets into; nil: not found
	kept  map[uint32]bool // the offsets that are in use
	trees map[uint32]int  // of the trees of inlined calls -> how many calls they have at least
}

// stripLines takes files, lines and what else only traces use out of memory: every
// function's tables for them are said to be absent, which the runtime answers with
// "?" and 0 (runtime.funcline1), and what no other table uses is set to zero.
func stripLines(memory []byte) error {
	t, err := findLineTable(memory)
	if err != nil {
		return err
	}
	used := make([]bool, t.lookup-t.tables)
	used[noTable] = true
	for i := range t.functions {
		if err := t.stripFunction(i, used); err != nil {
			return err
		}
	}
	for i, inUse := range used {
		if !inUse {
			t.memory[t.tables+i] = 0
		}
	}
	clear(t.memory[t.units:t.tables])
	t.clearTrees()
	return nil
}

// clearTrees sets the trees of inlined calls to zero that no function has any more.
func (t lineTable) clearTrees() {
	for at, calls := range t.trees {
		if size := calls * inlinedCallSize; !t.kept[at] && size <= len(t.data) && int(at) <= len(t.data)-size {
			clear(t.data[at:][:size])
		}
	}
}

// Offsets in runtime.moduledata, in bytes.
const (
	moduleHeader = 0
	moduleNames  = 8
	moduleUnits  = 32
	moduleFiles  = 56
	moduleTables = 80
	moduleLookup = 104
	moduleFuncs  = 320 // gofunc
	moduleEnd    = 328 // epclntab
	moduleSize   = 336
)

// findData returns the memory in which functions' data lie. It is told by
// runtime.firstmoduledata: that has the address of the header, and of the five
// tables at their distances from it. nil when it is not there.
func (t *lineTable) findData(memory []byte, header int) []byte {
	for at := 0; at+moduleSize <= len(memory); at++ {
		word := func(offset int) int { return int(binary.LittleEndian.Uint64(memory[at+offset:])) }
		first := word(moduleHeader)
		if word(moduleNames)-first == headerSize && word(moduleUnits)-first == t.units && word(moduleFiles)-first == t.files &&
			word(moduleTables)-first == t.tables && word(moduleLookup)-first == t.lookup {
			start, end := header+word(moduleFuncs)-first, header+word(moduleEnd)-first
			if header < start && start < end && end <= len(memory) {
				return memory[start:end]
			}
		}
	}
	return nil
}

func findLineTable(memory []byte) (lineTable, error) {
	at := bytes.Index(memory, lineTableMagic)
	if at < 0 || len(memory)-at < headerSize {
		return lineTable{}, errModule
	}
	t := lineTable{memory: memory[at:], kept: map[uint32]bool{}, trees: map[uint32]int{}}
	var words [wordsInHeader]int
	for i := range words {
		words[i] = int(binary.LittleEndian.Uint64(t.memory[headerFirst+8*i:]))
	}
	t.functions = words[0]
	t.units, t.files, t.tables, t.lookup = words[4], words[5], words[6], words[7]
	ordered := headerSize <= t.units && t.units <= t.files && t.files <= t.tables && t.tables < t.lookup
	if !ordered || t.lookup > len(t.memory) || t.functions < 1 || t.functions > (len(t.memory)-t.lookup)/functabEntry {
		return lineTable{}, errModule
	}
	t.data = t.findData(memory, at)
	return t, nil
}

// stripFunction removes the i-th function's files and lines and marks what its
// other tables use.
func (t lineTable) stripFunction(i int, used []bool) error {
	entry := t.lookup + i*functabEntry
	at := t.lookup + int(t.number(entry+4))
	if at > len(t.memory)-functionSize {
		return errModule
	}
	tables := int(t.number(at + offsetTables))
	if tables > mostTablesEach || at > len(t.memory)-functionSize-4*tables {
		return fmt.Errorf("%w: a function with %d tables", errModule, tables)
	}
	for _, offset := range []int{offsetPCFile, offsetPCLine, offsetUnit, offsetLine} {
		t.set(at+offset, 0)
	}
	if err := t.stripData(at, tables); err != nil {
		return err
	}
	for _, j := range traceTables {
		if j < tables {
			t.set(at+functionSize+4*j, noTable)
		}
	}
	if err := t.mark(int(t.number(at+offsetPCSP)), used); err != nil {
		return err
	}
	for j := range tables {
		if err := t.mark(int(t.number(at+functionSize+4*j)), used); err != nil {
			return err
		}
	}
	return nil
}

// stripData removes the data of the function at a place that only traces use.
func (t lineTable) stripData(at, tables int) error {
	count := int(t.memory[at+offsetData])
	first := at + functionSize + 4*tables
	if first > len(t.memory)-4*count {
		return fmt.Errorf("%w: a function with %d data", errModule, count)
	}
	for j := range count {
		offset := t.number(first + 4*j)
		switch {
		case offset == noData:
		case !slices.Contains(traceData, j):
			t.kept[offset] = true
		default:
			if j == inlinedCalls && tables > inlinedIndex {
				t.trees[offset] = max(t.trees[offset], t.greatest(int(t.number(at+functionSize+4*inlinedIndex)))+1)
			}
			t.set(first+4*j, noData)
		}
	}
	return nil
}

// greatest returns the greatest value of a table, or -1: a table begins with -1, and
// each of its pairs is a difference, zigzag, and a distance (runtime.step).
func (t lineTable) greatest(table int) int {
	greatest, value := -1, -1
	if table == noTable || table > t.lookup-t.tables {
		return greatest
	}
	content := t.memory[t.tables+table : t.lookup]
	for first := true; ; first = false {
		difference, n := binary.Uvarint(content)
		if n <= 0 || difference == 0 && !first {
			return greatest
		}
		value += int(int32(-(difference & 1) ^ difference>>1))
		greatest = max(greatest, value)
		content = content[n:]
		if _, n = binary.Uvarint(content); n <= 0 {
			return greatest
		}
		content = content[n:]
	}
}

func (t lineTable) set(at int, number uint32) { binary.LittleEndian.PutUint32(t.memory[at:], number) }

func (t lineTable) number(at int) uint32 { return binary.LittleEndian.Uint32(t.memory[at:]) }

// mark notes the bytes of one table: pairs of varints, ended by a zero where a
// pair would begin (runtime.step). The first pair may begin with one.
func (t lineTable) mark(table int, used []bool) error {
	if table == noTable {
		return nil
	}
	content := t.memory[t.tables:t.lookup]
	at := table
	for at < len(content) && (content[at] != 0 || at == table) {
		for range 2 {
			_, n := binary.Uvarint(content[at:])
			if n <= 0 {
				return errModule
			}
			at += n
		}
	}
	if at >= len(content) {
		return errModule
	}
	for i := table; i <= at; i++ {
		used[i] = true
	}
	return nil
}
