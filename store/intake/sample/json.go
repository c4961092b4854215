package sample

import (
	"strconv"
	"unicode/utf8"
)

// object is a JSON object whose members keep their order, so that a resource
// reads as its specification lists it.
type object []member

type member struct {
	key   string
	value any // string, number, bool, int, object, []object, []string
}

// number is a decimal exactly as it is to be written: FHIR gives 1.0 and 1.00
// different meanings (R4 section 2.24.0.1, "decimal").
type number string

// with returns the object with one more member; a nil or empty value adds none.
func (o object) with(key string, value any) object {
	switch v := value.(type) {
	case nil:
		return o
	case string:
		if v == "" {
			return o
		}
	case number:
		if v == "" {
			return o
		}
	case object:
		if len(v) == 0 {
			return o
		}
	case []object:
		if len(v) == 0 {
			return o
		}
	}
	return append(o, member{key, value})
}

func (o object) appendTo(dst []byte) []byte {
	dst = append(dst, '{')
	for at, m := range o {
		if at > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, m.key)
		dst = append(dst, ':')
		dst = appendValue(dst, m.value)
	}
	return append(dst, '}')
}

func appendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendString(dst, v)
	case number:
		return append(dst, v...)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case bool:
		return strconv.AppendBool(dst, v)
	case object:
		return v.appendTo(dst)
	case []object:
		return appendList(dst, v, func(dst []byte, o object) []byte { return o.appendTo(dst) })
	case []string:
		return appendList(dst, v, appendString)
	}
	panic("sample: a value of a type that JSON has no form for")
}

func appendList[T any](dst []byte, list []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for at, v := range list {
		if at > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, v)
	}
	return append(dst, ']')
}

// appendString writes a JSON string (RFC 8259 section 7).
func appendString(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
