package columnar

// MaxRows bounds a table, so that constant columns, which take no bytes a row,
// can't claim a huge one.
const MaxRows = 1 << 22

// maxText bounds the strings of a table, in bytes, so that positions fit.
const maxText = 1 << 31

const (
	stringsConstant = 0 // Uvarint: the code of every row
	stringsCodes    = 1 // one Uvarint a row
)

// fresh is the code of the first use of the next string. Strings are numbered
// by their first use, column by column, so that a column of strings that are
// all different is a run of zeros. Any other code c means string c-1.
const fresh = 0

// Encode returns the table's bytes:
//
//	Uvarint rows, string columns, int columns, float columns
//	Uvarint n, n Uvarint lengths, then the letters of the n strings
//	the string columns, the int columns, the float columns
func (t *Table) Encode() []byte {
	columns, used := t.encodeStrings()
	e := &Encoder{}
	e.Uvarint(uint64(t.rows))
	e.Uvarint(uint64(len(t.strings)))
	e.Uvarint(uint64(len(t.ints)))
	e.Uvarint(uint64(len(t.floats)))
	e.Uvarint(uint64(len(used)))
	for _, code := range used {
		e.Uvarint(uint64(len(t.text.at(code))))
	}
	for _, code := range used {
		e.Bytes = append(e.Bytes, t.text.at(code)...)
	}
	e.Raw(columns)
	if t.rows == 0 {
		return e.Bytes
	}
	for _, column := range t.ints {
		encodeInts(e, column, t.rows)
	}
	for _, column := range t.floats {
		encodeFloats(e, column, t.rows)
	}
	return e.Bytes
}

// encodeStrings returns the string columns' bytes and the codes of the strings
// that they use, by first use.
func (t *Table) encodeStrings() (columns []byte, used []uint32) {
	if t.rows == 0 {
		return nil, nil
	}
	e := &Encoder{}
	numbers := make([]uint32, t.Strings()) // 1 + place in used; 0: not used yet
	write := func(code uint32) {
		e.Uvarint(uint64(numbers[code]))
		if numbers[code] == fresh {
			used = append(used, code)
			numbers[code] = uint32(len(used))
		}
	}
	for _, column := range t.strings {
		if column.codes == nil {
			e.Byte(stringsConstant)
			write(column.constant)
			continue
		}
		e.Byte(stringsCodes)
		for _, code := range column.codes[:t.rows] {
			write(code)
		}
	}
	return e.Bytes, used
}

// Decode reads a table's bytes. Any bytes are safe to give: the error is
// ErrMalformed, and the memory taken is a small multiple of len(b).
func Decode(shape Shape, b []byte) (*Table, error) {
	d := NewDecoder(b)
	t := decodeHeader(d, shape)
	t.text = decodeText(d)
	if t.rows > 0 && d.Err() == nil {
		decodeColumns(d, t)
	}
	if err := d.End(); err != nil {
		return nil, err
	}
	return t, nil
}

func decodeHeader(d *Decoder, shape Shape) *Table {
	rows := d.Below(MaxRows + 1)
	if d.Uvarint() != uint64(shape.Strings) || d.Uvarint() != uint64(shape.Ints) || d.Uvarint() != uint64(shape.Floats) {
		d.Fail()
	}
	return &Table{
		rows:    int(rows),
		strings: make([]stringColumn, shape.Strings),
		ints:    make([]intColumn, shape.Ints),
		floats:  make([]floatColumn, shape.Floats),
	}
}

func decodeText(d *Decoder) text {
	ends := make([]uint32, d.Count(1))
	end := uint64(0)
	for at := range ends {
		end += d.Below(maxText)
		if end >= maxText {
			d.Fail()
			return text{}
		}
		ends[at] = uint32(end)
	}
	return text{all: string(d.Raw(int(end))), ends: ends}
}

func decodeColumns(d *Decoder, t *Table) {
	next := uint32(0)
	for at := range t.strings {
		t.strings[at] = decodeCodes(d, t.rows, uint32(t.Strings()), &next)
	}
	for at := range t.ints {
		t.ints[at] = decodeInts(d, t.rows)
	}
	for at := range t.floats {
		t.floats[at] = decodeFloats(d, t.rows)
	}
}

func decodeCodes(d *Decoder, rows int, count uint32, next *uint32) stringColumn {
	mode := d.Byte()
	if mode == stringsConstant {
		return stringColumn{constant: decodeCode(d, count, next)}
	}
	if mode != stringsCodes || d.Len() < rows {
		d.Fail()
		return stringColumn{}
	}
	codes := make([]uint32, rows)
	for at := range codes {
		codes[at] = decodeCode(d, count, next)
	}
	return stringColumn{codes: codes}
}

func decodeCode(d *Decoder, count uint32, next *uint32) uint32 {
	code := uint32(d.Below(uint64(*next) + 1))
	if code != fresh {
		return code - 1
	}
	if *next >= count {
		d.Fail()
		return 0
	}
	*next++
	return *next - 1
}
