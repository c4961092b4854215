package columnar

// Builder makes a Table row by row. A column stays one constant until a row
// differs.
type Builder struct {
	table Table
	texts texts
	last  []string // of each string column: neighbours are often equal
}

// NewBuilder returns a Builder without rows.
func NewBuilder(shape Shape) *Builder {
	b := &Builder{
		table: Table{
			strings: make([]stringColumn, shape.Strings),
			ints:    make([]intColumn, shape.Ints),
			floats:  make([]floatColumn, shape.Floats),
		},
		last: make([]string, shape.Strings),
	}
	b.texts.code("") // the code of the empty string is 0
	return b
}

// Rows returns the number of rows so far.
func (b *Builder) Rows() int { return b.table.rows }

// Append adds a row, whose strings it copies.
func (b *Builder) Append(row Row) {
	for column, s := range row.Strings {
		// Most columns repeat what they had; empty ones need no call to compare.
		last := b.last[column]
		if b.table.rows > 0 && len(s) == len(last) && (len(s) == 0 || s == last) {
			if c := &b.table.strings[column]; c.codes != nil {
				c.codes = append(c.codes, c.codes[len(c.codes)-1])
			}
			continue
		}
		b.appendString(column, s)
	}
	b.appendNumbers(row.Ints, row.Floats)
}

func (b *Builder) appendNumbers(ints []int64, floats []Float) {
	for column := range b.table.ints {
		c := &b.table.ints[column]
		if c.values == nil && ints[column] == c.constant && b.table.rows > 0 {
			continue // most columns are constant
		}
		c.append(ints[column], b.table.rows)
	}
	for column := range b.table.floats {
		b.table.floats[column].append(floats[column], b.table.rows)
	}
	b.table.rows++
}

// Repeat adds a row with the strings of the row before, which there is.
func (b *Builder) Repeat(ints []int64, floats []Float) {
	for column := range b.table.strings {
		if c := &b.table.strings[column]; c.codes != nil {
			c.codes = append(c.codes, c.codes[len(c.codes)-1])
		}
	}
	b.appendNumbers(ints, floats)
}

// Int returns what Append was given.
func (b *Builder) Int(column, row int) int64 { return b.table.Int(column, row) }

// Float returns what Append was given.
func (b *Builder) Float(column, row int) (float64, bool) { return b.table.Float(column, row) }

// Is reports whether a row has a string.
func (b *Builder) Is(column, row int, s string) bool {
	return b.texts.at(b.table.Code(column, row)) == s
}

// Table returns the rows. The Builder can't be used after it.
func (b *Builder) Table() *Table {
	b.table.text = text{all: string(b.texts.letters), ends: b.texts.ends}
	b.texts, b.last = texts{}, nil
	return &b.table
}

// appendString appends another string than that of the row before.
func (b *Builder) appendString(column int, s string) {
	c := &b.table.strings[column]
	b.last[column] = s
	code := b.texts.code(s)
	if b.table.rows == 0 {
		c.constant = code
		return
	}
	if c.codes == nil && code != c.constant {
		c.codes = filled(b.table.rows, c.constant)
	}
	if c.codes != nil {
		c.codes = append(c.codes, code)
	}
}

func (c *intColumn) append(value int64, rows int) {
	if rows == 0 {
		c.constant = value
	}
	if c.values == nil && value != c.constant {
		c.values = filled(rows, c.constant)
	}
	if c.values != nil {
		c.values = append(c.values, value)
	}
}

func (c *floatColumn) append(value Float, rows int) {
	if c.values == nil && value.Valid {
		c.values = make([]float64, rows, rows+16)
		c.present = make([]bool, rows, rows+16)
	}
	if c.values != nil {
		c.values = append(c.values, value.Value)
		c.present = append(c.present, value.Valid)
	}
}
