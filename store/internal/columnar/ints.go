package columnar

// An integer column is its first value and the differences that follow, all
// divided by their greatest common divisor: times given to the second or the
// minute take a byte or two a row. Differences wrap around, so that any two
// int64 have one.

const (
	intsConstant = 0 // Varint: the value of every row
	intsDeltas   = 1 // Varint: first value; Uvarint: divisor; rows-1 Varints
)

func encodeInts(e *Encoder, column intColumn, rows int) {
	if column.values == nil {
		e.Byte(intsConstant)
		e.Varint(column.constant)
		return
	}
	values := column.values[:rows]
	divisor := commonDivisor(values)
	e.Byte(intsDeltas)
	e.Varint(values[0])
	e.Uvarint(uint64(divisor))
	for at := 1; at < len(values); at++ {
		e.Varint((values[at] - values[at-1]) / divisor)
	}
}

func decodeInts(d *Decoder, rows int) intColumn {
	switch d.Byte() {
	case intsConstant:
		return intColumn{constant: d.Varint()}
	case intsDeltas:
		return intColumn{values: decodeDeltas(d, rows)}
	}
	d.Fail()
	return intColumn{}
}

func decodeDeltas(d *Decoder, rows int) []int64 {
	value := d.Varint()
	divisor := int64(d.Uvarint())
	if rows == 0 || d.Len() < rows-1 {
		d.Fail()
		return nil
	}
	values := make([]int64, rows)
	values[0] = value
	for at := 1; at < rows; at++ {
		value += d.Varint() * divisor
		values[at] = value
	}
	return values
}

// commonDivisor returns the greatest number that divides every difference of
// neighbours, or 1 when there is none to gain or a difference overflows.
func commonDivisor(values []int64) int64 {
	divisor := uint64(0)
	for at := 1; at < len(values); at++ {
		difference := values[at] - values[at-1]
		if (difference < 0) != (values[at] < values[at-1]) || difference == -1<<63 {
			return 1
		}
		divisor = greatestCommon(divisor, uint64(max(difference, -difference)))
		if divisor == 1 {
			return 1
		}
	}
	return max(1, int64(divisor))
}

func greatestCommon(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
