package applehealth

import "strconv"

// maxDigits is how many digits a number may have for number to read it by
// itself: a float64 holds every integer of 15 digits and every power of ten up to
// 10^22, and their quotient is rounded once, as it must be.
const maxDigits = 15

var powersOfTen = [maxDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number reads a finite number. strconv.ParseFloat takes half a microsecond in
// wasm; an export has five million numbers.
func number(text []byte) (float64, bool) {
	digits, negative := text, false
	if len(text) > 0 && text[0] == '-' {
		digits, negative = text[1:], true
	}
	mantissa, decimals, point := uint64(0), 0, false
	for _, c := range digits {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return slowNumber(text)
		}
		mantissa = mantissa*10 + uint64(c-'0')
		if point {
			decimals++
		}
	}
	if len(digits) == 0 || len(digits) > maxDigits || decimals == len(digits) || point && len(digits) == 1 {
		return slowNumber(text)
	}
	value := float64(mantissa) / powersOfTen[decimals]
	if negative {
		value = -value
	}
	return value, true
}

func slowNumber(text []byte) (float64, bool) {
	value, err := strconv.ParseFloat(string(text), 64)
	return value, err == nil && value-value == 0 // neither infinite nor no number
}
