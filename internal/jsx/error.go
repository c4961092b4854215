//go:build js && wasm

package jsx

import (
	"errors"
	"syscall/js"
)

// Error is a JavaScript exception or rejection. Name is the DOMException or
// Error name ("QuotaExceededError", Web IDL section 2.8.1) to switch on;
// Message is the engine's own text, for debugging only.
type Error struct {
	Name    string
	Message string
	Value   js.Value // what was thrown
}

func (e *Error) Error() string { return "javascript: " + e.Name + ": " + e.Message }

// AsError describes a thrown or rejected value, which may be anything.
func AsError(thrown js.Value) *Error {
	e := &Error{Name: "Error", Value: thrown}
	if thrown.Type() != js.TypeObject {
		e.Message = thrown.String()
		return e
	}
	if name := thrown.Get("name"); name.Type() == js.TypeString {
		e.Name = name.String()
	}
	if message := thrown.Get("message"); message.Type() == js.TypeString {
		e.Message = message.String()
	}
	return e
}

// Named reports whether err is a JavaScript exception of one of the names.
func Named(err error, names ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, name := range names {
		if e.Name == name {
			return true
		}
	}
	return false
}

// Try runs f and returns the JavaScript exception it throws as an *Error. Other
// panics are not recovered.
func Try(f func() js.Value) (value js.Value, err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = AsError(thrown.Value)
		default:
			panic(thrown)
		}
	}()
	return f(), nil
}

// Call calls a method and returns what it throws as an *Error.
func Call(receiver js.Value, method string, args ...any) (js.Value, error) {
	return Try(func() js.Value { return receiver.Call(method, args...) })
}

// Get reads a property whose getter may throw, as indexedDB and localStorage
// do where storage is forbidden. (js.Value.Get would end the program.)
func Get(object js.Value, property string) (js.Value, error) {
	return Try(func() js.Value { return js.Global().Get("Reflect").Call("get", object, property) })
}

// Public is an error that may be shown to any caller: a code to switch on and a
// text free of health information.
type Public interface {
	error
	Public() (code, text string)
}

// NewError makes the JavaScript Error that err becomes at the boundary, with
// its code as property "code". An error that is not Public is "unknown", and
// its text stays inside.
func NewError(err error) js.Value {
	code, text := "unknown", "an unexpected failure"
	var public Public
	if errors.As(err, &public) {
		code, text = public.Public()
	}
	value := js.Global().Get("Error").New(text)
	value.Set("code", code)
	return value
}
