package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// decode reads JSON of exactly T's shape. A field that T does not have is
// refused: a misspelt predicate must not silently widen a query. Its errors say
// which field is wrong, in the sender's own words, and never quote a value.
func decode[T any](text json.RawMessage, into *T) error {
	if len(text) == 0 {
		text = json.RawMessage("{}")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return describe(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return invalid("something follows the JSON value")
	}
	return nil
}

func describe(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		if wrongType.Field == "" {
			return invalid("an object is needed")
		}
		return invalid("%s is not of the type that it must have", short(wrongType.Field))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return invalid("no field is called %s", short(name))
	}
	return invalid("the message is not JSON")
}

// short bounds a name that the sender chose.
func short(name string) string {
	const most = 60
	if len(name) > most {
		return strings.ToValidUTF8(name[:most], "") + "…"
	}
	return name
}
