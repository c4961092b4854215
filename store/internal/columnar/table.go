// Package columnar keeps rows of strings, integers and optional floats column
// by column, in memory and in bytes: a few bytes a row for measurements, and
// few allocations for many rows. It knows nothing of what the columns mean.
package columnar

// Shape gives the number of columns of each kind. A table's bytes are read
// with the shape they were written with.
type Shape struct{ Strings, Ints, Floats int }

// Float is an optional number.
type Float struct {
	Value float64
	Valid bool
}

// Row is one row: its slices have the lengths of a Shape.
type Row struct {
	Strings []string
	Ints    []int64
	Floats  []Float
}

// NewRow returns an empty row of a shape.
func NewRow(shape Shape) Row {
	return Row{
		Strings: make([]string, shape.Strings),
		Ints:    make([]int64, shape.Ints),
		Floats:  make([]Float, shape.Floats),
	}
}

// Clear empties every column.
func (r Row) Clear() {
	clear(r.Strings)
	clear(r.Ints)
	clear(r.Floats)
}

// Table is a set of rows. It is safe for use by several goroutines.
type Table struct {
	rows    int
	text    text
	strings []stringColumn
	ints    []intColumn
	floats  []floatColumn
}

// stringColumn holds numbers of strings; without codes every row has constant.
type stringColumn struct {
	codes    []uint32
	constant uint32
}

// intColumn holds numbers; without values every row has constant.
type intColumn struct {
	values   []int64
	constant int64
}

// floatColumn holds optional numbers; without values no row has one.
type floatColumn struct {
	values  []float64
	present []bool
}

func (c floatColumn) count(rows int) int {
	if c.values == nil {
		return 0
	}
	count := 0
	for _, present := range c.present[:rows] {
		if present {
			count++
		}
	}
	return count
}

// text is a set of strings in one piece of memory.
type text struct {
	all  string
	ends []uint32 // where each string ends in all
}

func (t text) at(code uint32) string {
	start := uint32(0)
	if code > 0 {
		start = t.ends[code-1]
	}
	return t.all[start:t.ends[code]]
}

// Rows returns the number of rows.
func (t *Table) Rows() int { return t.rows }

// Shape returns the number of columns.
func (t *Table) Shape() Shape { return Shape{len(t.strings), len(t.ints), len(t.floats)} }

// Strings returns the number of distinct strings; every Code is below it.
func (t *Table) Strings() int { return len(t.text.ends) }

// Code returns the number of a string within this table: equal strings have
// equal codes.
func (t *Table) Code(column, row int) uint32 {
	if codes := t.strings[column].codes; codes != nil {
		return codes[row]
	}
	return t.strings[column].constant
}

// String returns a string, which shares the table's memory.
func (t *Table) String(column, row int) string { return t.text.at(t.Code(column, row)) }

// Int returns an integer.
func (t *Table) Int(column, row int) int64 {
	if values := t.ints[column].values; values != nil {
		return values[row]
	}
	return t.ints[column].constant
}

// Float returns a number and whether the row has one.
func (t *Table) Float(column, row int) (float64, bool) {
	c := &t.floats[column]
	if c.values == nil || !c.present[row] {
		return 0, false
	}
	return c.values[row], true
}

// Row copies a row into one of the table's shape. Its strings share the table's
// memory.
func (t *Table) Row(at int, into Row) {
	for column := range t.strings {
		into.Strings[column] = t.String(column, at)
	}
	for column := range t.ints {
		into.Ints[column] = t.Int(column, at)
	}
	for column := range t.floats {
		value, ok := t.Float(column, at)
		into.Floats[column] = Float{Value: value, Valid: ok}
	}
}

// Pick returns a table of the rows given, in that order. Strings are shared.
func (t *Table) Pick(rows []int) *Table {
	picked := &Table{
		rows: len(rows), text: t.text,
		strings: make([]stringColumn, len(t.strings)),
		ints:    make([]intColumn, len(t.ints)),
		floats:  make([]floatColumn, len(t.floats)),
	}
	for at, c := range t.strings {
		picked.strings[at] = stringColumn{codes: pick(c.codes, rows), constant: c.constant}
	}
	for at, c := range t.ints {
		picked.ints[at] = intColumn{values: pick(c.values, rows), constant: c.constant}
	}
	for at, c := range t.floats {
		picked.floats[at] = floatColumn{values: pick(c.values, rows), present: pick(c.present, rows)}
	}
	return picked
}

func pick[T any](values []T, rows []int) []T {
	if values == nil || len(rows) == 0 {
		return nil
	}
	picked := make([]T, len(rows))
	for at, row := range rows {
		picked[at] = values[row]
	}
	return picked
}

// Size returns about how much memory the table takes, in bytes.
func (t *Table) Size() int {
	size := len(t.text.all) + 4*len(t.text.ends)
	for _, c := range t.strings {
		size += 4 * len(c.codes)
	}
	for _, c := range t.ints {
		size += 8 * len(c.values)
	}
	for _, c := range t.floats {
		size += 9 * len(c.values)
	}
	return size
}
