package columnar

import "math"

// A float column says which rows have a value and then holds the values in one
// of two ways. Measured values are mostly short decimals: when every value is
// exactly m / 10^e for one e, the integers m are kept as deltas. Otherwise each
// value's bits, XORed with those of the value before, are kept byte plane by
// byte plane (all most significant bytes first), which compresses well because
// neighbours share sign and exponent.

const (
	presentNone = 0
	presentAll  = 1
	presentSome = 2 // followed by a bitset, least significant bit first

	floatsDecimal = 0 // byte: e; Varints: m of the first value, then differences
	floatsPlanes  = 1 // 8 planes of one byte a value

	// maxExponent bounds e: 10^22 is the greatest power of ten that a float64
	// holds exactly, and beyond 12 decimals nothing is gained.
	maxExponent = 12
	// maxMantissa bounds m to integers that a float64 holds exactly.
	maxMantissa = 1 << 53
)

var powersOfTen = [maxExponent + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

func encodeFloats(e *Encoder, column floatColumn, rows int) {
	present := column.count(rows)
	switch present {
	case 0:
		e.Byte(presentNone)
		return
	case rows:
		e.Byte(presentAll)
	default:
		e.Byte(presentSome)
		e.Raw(packBits(column.present[:rows]))
	}
	values := make([]float64, 0, present)
	for at := range rows {
		if column.present[at] {
			values = append(values, column.values[at])
		}
	}
	if exponent, ok := decimalExponent(values); ok {
		encodeDecimals(e, values, exponent)
	} else {
		encodePlanes(e, values)
	}
}

func decodeFloats(d *Decoder, rows int) floatColumn {
	var column floatColumn
	switch d.Byte() {
	case presentNone:
		return column
	case presentAll:
		if d.Len() < rows {
			d.Fail()
			return column
		}
		column.present = filled(rows, true)
	case presentSome:
		column.present = unpackBits(d.Raw((rows+7)/8), rows)
	default:
		d.Fail()
	}
	if d.Err() != nil {
		return floatColumn{}
	}
	column.values = make([]float64, rows)
	decodePresent(d, &column)
	return column
}

func decodePresent(d *Decoder, column *floatColumn) {
	count := column.count(len(column.values))
	if d.Len() < count {
		d.Fail()
		return
	}
	var values []float64
	switch d.Byte() {
	case floatsDecimal:
		values = decodeDecimals(d, count)
	case floatsPlanes:
		values = decodePlanes(d, count)
	default:
		d.Fail()
	}
	if d.Err() != nil {
		return
	}
	for at, present := range column.present {
		if present {
			column.values[at] = values[0]
			values = values[1:]
		}
	}
}

func encodeDecimals(e *Encoder, values []float64, exponent int) {
	e.Byte(floatsDecimal)
	e.Byte(byte(exponent))
	previous := int64(0)
	for _, value := range values {
		mantissa := int64(math.Round(value * powersOfTen[exponent]))
		e.Varint(mantissa - previous)
		previous = mantissa
	}
}

func decodeDecimals(d *Decoder, count int) []float64 {
	exponent := int(d.Byte())
	if exponent > maxExponent || d.Len() < count {
		d.Fail()
		return nil
	}
	values := make([]float64, count)
	mantissa := int64(0)
	for at := range values {
		mantissa += d.Varint()
		values[at] = float64(mantissa) / powersOfTen[exponent]
	}
	return values
}

// decimalExponent returns the least e for which every value is m / 10^e.
//
// It is enough to raise e for the value at hand: a value that is the float64
// nearest to m / 10^e is also nearest to 10m / 10^(e+1), while both are exact.
// The check at the end catches mantissas that have grown too large.
func decimalExponent(values []float64) (int, bool) {
	exponent := 0
	for _, value := range values {
		for !isDecimal(value, exponent) {
			if exponent++; exponent > maxExponent {
				return 0, false
			}
		}
	}
	for _, value := range values {
		if !isDecimal(value, exponent) {
			return 0, false
		}
	}
	return exponent, true
}

// isDecimal reports whether the bits of value come back from its mantissa;
// -0, NaN and infinities do not.
func isDecimal(value float64, exponent int) bool {
	mantissa := math.Round(value * powersOfTen[exponent])
	if !(math.Abs(mantissa) < maxMantissa) {
		return false
	}
	return math.Float64bits(float64(int64(mantissa))/powersOfTen[exponent]) == math.Float64bits(value)
}

func encodePlanes(e *Encoder, values []float64) {
	e.Byte(floatsPlanes)
	start := len(e.Bytes)
	e.Raw(make([]byte, 8*len(values)))
	planes := e.Bytes[start:]
	previous := uint64(0)
	for at, value := range values {
		bits := math.Float64bits(value)
		changed := bits ^ previous
		for plane := range 8 {
			planes[plane*len(values)+at] = byte(changed >> (56 - 8*plane))
		}
		previous = bits
	}
}

func decodePlanes(d *Decoder, count int) []float64 {
	if count > d.Len()/8 {
		d.Fail()
		return nil
	}
	planes := d.Raw(8 * count)
	values := make([]float64, count)
	bits := uint64(0)
	for at := range values {
		changed := uint64(0)
		for plane := range 8 {
			changed = changed<<8 | uint64(planes[plane*count+at])
		}
		bits ^= changed
		values[at] = math.Float64frombits(bits)
	}
	return values
}

func packBits(bits []bool) []byte {
	packed := make([]byte, (len(bits)+7)/8)
	for at, bit := range bits {
		if bit {
			packed[at/8] |= 1 << (at % 8)
		}
	}
	return packed
}

func unpackBits(packed []byte, count int) []bool {
	if len(packed) < (count+7)/8 {
		return nil
	}
	bits := make([]bool, count)
	for at := range bits {
		bits[at] = packed[at/8]&(1<<(at%8)) != 0
	}
	return bits
}

func filled[T any](count int, value T) []T {
	all := make([]T, count)
	for at := range all {
		all[at] = value
	}
	return all
}
