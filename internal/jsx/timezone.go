//go:build js && wasm

package jsx

import (
	"sync"
	"syscall/js"
	"time"
)

// Location returns the person's time zone with its changes from 1970 to 2040,
// from Intl and Date (ECMA-402 section 11, ECMA-262 section 21.4). Go's
// time.Local knows only the offset of now in a browser. Where the browser tells
// nothing it is UTC.
func Location() *time.Location { return localZone() }

var localZone = sync.OnceValue(func() *time.Location {
	name := "Local"
	if zone := js.Global().Get("Intl").Call("DateTimeFormat").Call("resolvedOptions").Get("timeZone"); zone.Type() == js.TypeString {
		name = zone.String()
	}
	date := js.Global().Get("Date")
	offset := func(at int64) int {
		return -60 * date.New(float64(at)*1000).Call("getTimezoneOffset").Int() // minutes west
	}
	from := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	to := time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	zone, err := location(name, findTransitions(offset, from, to))
	if err != nil {
		return time.UTC
	}
	return zone
})
