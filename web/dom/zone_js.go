//go:build js && wasm

package dom

import (
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Location is the person's time zone with its changes, by which a calendar
// divides time. For one instant LocalOffset is enough.
func Location() *time.Location { return jsx.Location() }
