package main

import (
	"errors"
	"math"
)

// The columns of section 5, by their place.
const (
	textType = iota
	textSourceID
	textSourceName
	textSourceVersion
	textDevice
	textDisplayName
	textSubtitle
	textStatus
	textUnit
	textStart
	textEnd
	textMetadata
	textSync
	textResourceType
	textResourceID
	textRelease
	textVersion
	textFullURL
	texts
)

const (
	intStart = iota
	intDuration
	intAdded
	intFlags
	intSyncVersion
	intLength
	intDeleted
	ints
)

// table is what a table decodes to: columns of rows.
type table struct {
	rows   int
	texts  [texts][]string
	ints   [ints][]int64
	values []*float64
}

func parseTable(in *input) (*table, error) {
	t := &table{rows: int(in.uvarint())}
	if in.uvarint() != texts || in.uvarint() != ints || in.uvarint() != 1 || t.rows > 1<<22 {
		return nil, errors.New("a table is of another shape")
	}
	known := parseStrings(in)
	t.values = make([]*float64, t.rows)
	if t.rows == 0 {
		return t, in.done()
	}
	used := uint64(0)
	for at := range t.texts {
		t.texts[at] = parseTexts(in, t.rows, known, &used)
	}
	for at := range t.ints {
		t.ints[at] = parseInts(in, t.rows)
	}
	parseValues(in, t.values)
	return t, in.done()
}

func parseStrings(in *input) []string {
	lengths := make([]uint64, min(in.uvarint(), uint64(len(in.data))))
	for at := range lengths {
		lengths[at] = in.uvarint()
	}
	known := make([]string, len(lengths))
	for at, length := range lengths {
		known[at] = string(in.take(length))
	}
	return known
}

// parseTexts reads a string column; used counts the strings that columns before it
// have used.
func parseTexts(in *input, rows int, known []string, used *uint64) []string {
	column := make([]string, rows)
	same := in.byte() == 0
	for at := range column {
		if same && at > 0 {
			column[at] = column[0]
			continue
		}
		code := in.uvarint()
		if code == 0 {
			*used++
			code = *used
		}
		if code > uint64(len(known)) {
			in.err = errShort
			return column
		}
		column[at] = known[code-1]
	}
	return column
}

func parseInts(in *input, rows int) []int64 {
	column := make([]int64, rows)
	same := in.byte() == 0
	column[0] = in.varint()
	divisor := int64(0)
	if !same {
		divisor = int64(in.uvarint())
	}
	for at := 1; at < rows; at++ {
		column[at] = column[at-1]
		if !same {
			column[at] += in.varint() * divisor
		}
	}
	return column
}

func parseValues(in *input, column []*float64) {
	present := make([]bool, len(column))
	count := 0
	switch in.byte() {
	case 0:
		return
	case 1:
		for at := range present {
			present[at] = true
		}
		count = len(column)
	case 2:
		bits := in.take(uint64(len(column)+7) / 8)
		for at := range present {
			if present[at] = bits[at/8]>>(at%8)&1 == 1; present[at] {
				count++
			}
		}
	}
	var numbers []float64
	if count > 0 {
		numbers = parseNumbers(in, count)
	}
	for at := range column {
		if present[at] {
			column[at] = &numbers[0]
			numbers = numbers[1:]
		}
	}
}

func parseNumbers(in *input, count int) []float64 {
	numbers := make([]float64, count)
	if in.byte() == 0 { // decimals
		scale := math.Pow10(int(in.byte()))
		m := int64(0)
		for at := range numbers {
			m += in.varint()
			numbers[at] = float64(m) / scale
		}
		return numbers
	}
	planes := in.take(8 * uint64(count))
	before := uint64(0)
	for at := range numbers {
		bits := uint64(0)
		for plane := range 8 {
			if in.err == nil {
				bits = bits<<8 | uint64(planes[plane*count+at])
			}
		}
		before ^= bits
		numbers[at] = math.Float64frombits(before)
	}
	return numbers
}
