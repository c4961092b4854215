package seal

import (
	"io"
	"strings"
)

// A recovery code is 28 symbols of Crockford's base 32, in seven groups of
// four: 26 random ones (130 bits) and two that check them.
//
//	4K7Q-0ZVX-...
//
// The check is a Reed-Solomon code over GF(32): for the symbols v0..v27 and a
// root r of x^5+x^2+1, the sums of v(i) and of v(i)*r^i are both zero. Any one
// or two wrong symbols, and so any two swapped ones, break a sum.
const (
	recoverySymbols = 26
	recoveryLength  = recoverySymbols + 2
	recoveryGroup   = 4
	crockford       = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewRecoveryCode returns a fresh code to show once.
func NewRecoveryCode(random io.Reader) (string, error) {
	symbols := make([]byte, recoverySymbols, recoveryLength)
	if _, err := io.ReadFull(random, symbols); err != nil {
		return "", err
	}
	for i := range symbols {
		symbols[i] &= 31 // uniform: 256 is a multiple of 32
	}
	return formatRecovery(appendChecks(symbols)), nil
}

func formatRecovery(symbols []byte) string {
	var code strings.Builder
	for i, symbol := range symbols {
		if i > 0 && i%recoveryGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(crockford[symbol])
	}
	return code.String()
}

// parseRecovery reads a code as people type it: in either case, with or without
// separators, O for 0, I and L for 1.
func parseRecovery(code string) ([]byte, error) {
	symbols := make([]byte, 0, recoveryLength)
	for _, c := range strings.ToUpper(code) {
		switch c {
		case '-', ' ', '\t', '\n', '\r', '\u00a0', '–', '—':
			continue
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		symbol := strings.IndexRune(crockford, c)
		if symbol < 0 || len(symbols) == recoveryLength {
			return nil, ErrRecoveryTypo
		}
		symbols = append(symbols, byte(symbol))
	}
	if len(symbols) != recoveryLength || !checked(symbols) {
		return nil, ErrRecoveryTypo
	}
	return symbols, nil
}

// appendChecks appends the two symbols that make both sums zero.
func appendChecks(symbols []byte) []byte {
	plain, weighted := sums(symbols)
	// a + b = plain and a*r^26 + b*r^27 = weighted, in characteristic two.
	a26, a27 := power(recoverySymbols), power(recoverySymbols+1)
	b := multiply(weighted^multiply(plain, a26), inverse(a26^a27))
	return append(symbols, plain^b, b)
}

func checked(symbols []byte) bool {
	plain, weighted := sums(symbols)
	return plain == 0 && weighted == 0
}

func sums(symbols []byte) (plain, weighted byte) {
	for i, symbol := range symbols {
		plain ^= symbol
		weighted ^= multiply(symbol, power(i))
	}
	return plain, weighted
}

// multiply multiplies in GF(32) modulo x^5+x^2+1.
func multiply(a, b byte) byte {
	var product byte
	for ; b > 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		if a <<= 1; a&32 != 0 {
			a ^= 0b100101
		}
	}
	return product
}

// power returns r^n, of the generator r = x.
func power(n int) byte {
	result := byte(1)
	for range n {
		result = multiply(result, 2)
	}
	return result
}

// inverse returns a^30, which is 1/a since the 31 non-zero elements form a group.
func inverse(a byte) byte {
	result := byte(1)
	for range 30 {
		result = multiply(result, a)
	}
	return result
}

// recovery is a code that was written down.
type recovery struct{ text []byte }

// RecoveryCode returns the secret of a code as typed. It returns
// ErrRecoveryTypo when the code's check fails; a code that passes and opens
// nothing is another store's, and Unlock says so.
func RecoveryCode(code string) (Secret, error) {
	symbols, err := parseRecovery(code)
	if err != nil {
		return nil, err
	}
	text := make([]byte, recoverySymbols)
	for i := range text {
		text[i] = crockford[symbols[i]]
	}
	return recovery{text}, nil
}

func (r recovery) Kind() Kind { return KindRecovery }

func (r recovery) newParams(random io.Reader) ([]byte, error) { return newSalt(random) }

// wrappingKey needs no costly hash: there are 2^130 codes.
func (r recovery) wrappingKey(params []byte) ([]byte, bool) {
	return derive(r.text, params, "recovery"), len(params) == saltSize
}
