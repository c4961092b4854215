package columnar

import (
	"hash/maphash"
	"unsafe"
)

// texts gives strings numbers, from 0, and keeps the letters of each once. It is a
// hash table with open addressing (Knuth, The Art of Computer Programming, section
// 6.4): a Go map would need a copy of every string, which most are looked up for
// once.
type texts struct {
	letters []byte
	ends    []uint32 // where each string ends in letters
	slots   []uint32 // 1 + number of a string; 0: free. A power of two, half free
}

const firstSlots = 1 << 8

var textSeed = maphash.MakeSeed()

// code returns the number of a string, a new one for a new string.
func (t *texts) code(s string) uint32 {
	if 2*len(t.ends) >= len(t.slots) {
		t.grow()
	}
	at := t.slot(s)
	if t.slots[at] == 0 {
		t.letters = append(t.letters, s...)
		t.ends = append(t.ends, uint32(len(t.letters)))
		t.slots[at] = uint32(len(t.ends))
	}
	return t.slots[at] - 1
}

// at returns the string of a number. It shares memory with letters, whose bytes
// never change.
func (t *texts) at(code uint32) string {
	start := uint32(0)
	if code > 0 {
		start = t.ends[code-1]
	}
	piece := t.letters[start:t.ends[code]]
	return unsafe.String(unsafe.SliceData(piece), len(piece))
}

// slot returns the slot that holds a string, or the free one for it.
func (t *texts) slot(s string) int {
	mask := len(t.slots) - 1
	at := int(maphash.String(textSeed, s)) & mask
	for t.slots[at] != 0 && t.at(t.slots[at]-1) != s {
		at = (at + 1) & mask
	}
	return at
}

func (t *texts) grow() {
	t.slots = make([]uint32, max(firstSlots, 2*len(t.slots)))
	for code := range t.ends {
		t.slots[t.slot(t.at(uint32(code)))] = uint32(code) + 1
	}
}
