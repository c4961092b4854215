package dstu2

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of what is decoded, in levels. Real resources
// stay below 20; the stack of a wasm instance ends at some thousands.
const maxDepth = 200

// The errors of Unmarshal. None of them holds a value of the record.
var (
	ErrSyntax       = errors.New("dstu2: not a JSON object")
	ErrTooDeep      = errors.New("dstu2: nested too deep")
	ErrResourceType = errors.New("dstu2: the resourceType is not the model's")
)

// Departure is a place where a record departs from the release's form, and the
// rule that it breaks. It holds no value of the record.
type Departure struct {
	Pointer string // JSON Pointer (RFC 6901) in the resource
	Rule    string
}

// The rules that real DSTU2 breaks. After those of the first group the model
// still holds what was written; after those of the second a part is left out.
const (
	RuleNotArray  = "one value where the release has an array"
	RuleAsString  = "a number or true or false written as a string, or the other way round"
	RuleArrayOne  = "an array of one where the release has one value"
	RuleUnknown   = "an element that the release does not have"
	RuleArrayMany = "an array where the release has one value: only the first is kept"
	RuleShape     = "a value of another kind than the release has: left out"
)

// Unmarshal decodes a DSTU2 resource into a model that New made.
//
// It is tolerant, since real DSTU2 is loose: an object stands for an array of
// one and an array for its first item, booleans and numbers may be strings and
// strings booleans or numbers, elements that the release does not have are kept
// out. Each such place is reported as a Departure. Member names are matched
// exactly (DSTU2 section 2.2: property names are case sensitive).
//
// The error is ErrSyntax, ErrTooDeep or ErrResourceType.
func Unmarshal(data []byte, resource any) ([]Departure, error) {
	target := reflect.ValueOf(resource).Elem()
	if tooDeep(data) {
		return nil, ErrTooDeep
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, ErrSyntax
	}
	var resourceType string
	if json.Unmarshal(members["resourceType"], &resourceType) != nil || resourceType != target.Type().Name() {
		return nil, ErrResourceType
	}
	var d decoder
	d.object(target, members, "")
	return d.departures, nil
}

// tooDeep counts brackets, so that nothing recursive sees what is too deep.
func tooDeep(data []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// decoder collects the departures of one resource.
type decoder struct{ departures []Departure }

func (d *decoder) depart(pointer, rule string) {
	d.departures = append(d.departures, Departure{pointer, rule})
}

// object fills the struct target from members.
func (d *decoder) object(target reflect.Value, members map[string]json.RawMessage, pointer string) {
	known := 0
	for i := range target.NumField() {
		name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		if raw, ok := members[name]; ok {
			known++
			d.value(target.Field(i), raw, pointer+"/"+name)
		}
	}
	if known == len(members) {
		return
	}
	for name := range members {
		if !hasField(target.Type(), name) {
			d.depart(pointer+"/"+escape(name), RuleUnknown)
		}
	}
}

// hasField tells whether a member has a place in the model.
func hasField(model reflect.Type, name string) bool {
	for i := range model.NumField() {
		if tag, _, _ := strings.Cut(model.Field(i).Tag.Get("json"), ","); tag == name {
			return true
		}
	}
	return false
}

// escape writes a member name as a part of a JSON Pointer (RFC 6901 section 3).
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

var (
	rawMessage = reflect.TypeFor[json.RawMessage]()
	number     = reflect.TypeFor[json.Number]()
)

// value fills target from raw, and tells whether target now holds something.
func (d *decoder) value(target reflect.Value, raw json.RawMessage, pointer string) bool {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || raw[0] == 'n': // null stands for nothing (DSTU2 section 2.2.1)
		return false
	case target.Type() == rawMessage:
		target.SetBytes(bytes.Clone(raw))
		return true
	case target.Kind() == reflect.Slice:
		return d.array(target, raw, pointer)
	case raw[0] == '[':
		return d.first(target, raw, pointer)
	case target.Kind() == reflect.Pointer:
		pointed := reflect.New(target.Type().Elem())
		held := d.value(pointed.Elem(), raw, pointer)
		if held {
			target.Set(pointed)
		}
		return held
	case target.Kind() == reflect.Struct:
		return d.structure(target, raw, pointer)
	}
	return d.primitive(target, raw, pointer)
}

// array fills a slice; one value stands for an array of one.
func (d *decoder) array(target reflect.Value, raw json.RawMessage, pointer string) bool {
	items := []json.RawMessage{raw}
	if raw[0] != '[' {
		d.depart(pointer, RuleNotArray)
	} else if json.Unmarshal(raw, &items) != nil {
		return false
	}
	slice := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		// An item that is null or can't be read keeps its place, so that the
		// items of a "_name" array still stand beside theirs.
		d.value(slice.Index(i), item, pointer+"/"+strconv.Itoa(i))
	}
	target.Set(slice)
	return true
}

// first fills target from the first item of an array.
func (d *decoder) first(target reflect.Value, raw json.RawMessage, pointer string) bool {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || len(items) == 0 {
		return false
	}
	if len(items) > 1 {
		d.depart(pointer, RuleArrayMany)
	} else {
		d.depart(pointer, RuleArrayOne)
	}
	return d.value(target, items[0], pointer+"/0")
}

// structure fills a struct from an object.
func (d *decoder) structure(target reflect.Value, raw json.RawMessage, pointer string) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		d.depart(pointer, RuleShape)
		return false
	}
	d.object(target, members, pointer)
	return true
}

// primitive fills a string, code, boolean or number from any of these.
func (d *decoder) primitive(target reflect.Value, raw json.RawMessage, pointer string) bool {
	text, isString := string(raw), false
	if raw[0] == '"' {
		isString = json.Unmarshal(raw, &text) == nil
	}
	if raw[0] == '{' || !setPrimitive(target, text) {
		d.depart(pointer, RuleShape)
		return false
	}
	wantString := target.Kind() == reflect.String && target.Type() != number
	if isString != wantString {
		d.depart(pointer, RuleAsString)
	}
	return true
}

// setPrimitive sets target to what text says, and tells whether it could.
func setPrimitive(target reflect.Value, text string) bool {
	switch target.Kind() {
	case reflect.Bool:
		target.SetBool(text == "true")
		return text == "true" || text == "false"
	case reflect.Int:
		n, err := strconv.Atoi(text)
		target.SetInt(int64(n))
		return err == nil
	case reflect.String:
		if target.Type() == number && !isNumber(text) {
			return false
		}
		target.SetString(text)
		return true
	}
	return false
}

// isNumber tells whether text is a JSON number (RFC 8259 section 6).
func isNumber(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && json.Valid([]byte(text))
}
