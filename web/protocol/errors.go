package protocol

import (
	"context"
	"errors"

	"github.com/keepwell-health/keepwell/store"
)

// ErrPortClosed says that the port, or the other end of it, was closed.
var ErrPortClosed = errors.New("protocol: the port is closed")

// ToWire says err as it may cross a port. Only what a store.Error shows
// crosses: any other error's text may quote a record, and becomes "unknown". A
// context that ended is the caller's own doing and becomes "userCanceled".
func ToWire(err error) *Error {
	var typed *store.Error
	switch {
	case errors.As(err, &typed):
		return &Error{Code: typed.Code, Message: typed.Text}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: store.CodeUserCanceled, Message: "the request was canceled"}
	case errors.Is(err, store.ErrQuota):
		return &Error{Code: store.CodeQuotaExceeded, Message: "no room left on this device"}
	case errors.Is(err, store.ErrSeal):
		return &Error{Code: store.CodeCorruptStore, Message: "a stored value does not open"}
	}
	return &Error{Code: store.CodeUnknown, Message: "something went wrong inside Keepwell"}
}

// FromWire undoes ToWire: an error as the engine's own code would have met it.
func (e *Error) FromWire() *store.Error {
	return &store.Error{Code: e.Code, Text: e.Message}
}
