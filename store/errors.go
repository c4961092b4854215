package store

import (
	"context"
	"errors"
	"fmt"
)

// Code is an error code that apps see. The first eleven are HKError's; the rest
// are additions for the web.
type Code string

const (
	CodeUnknown                     Code = "unknown"
	CodeHealthDataUnavailable       Code = "healthDataUnavailable"       // no IndexedDB, no WebAssembly, ...
	CodeHealthDataRestricted        Code = "healthDataRestricted"        // this origin may not ask at all
	CodeInvalidArgument             Code = "invalidArgument"             // the call is wrong, whatever the store holds
	CodeAuthorizationDenied         Code = "authorizationDenied"         // saves only: reads never tell
	CodeAuthorizationNotDetermined  Code = "authorizationNotDetermined"  // the person was never asked
	CodeDatabaseInaccessible        Code = "databaseInaccessible"        // the store is locked
	CodeUserCanceled                Code = "userCanceled"                // the person closed the sheet or stopped the import
	CodeRequiredAuthorizationDenied Code = "requiredAuthorizationDenied" // never says which type
	CodeNoData                      Code = "noData"                      // statistics over nothing, or no such object
	CodeDataSizeExceeded            Code = "dataSizeExceeded"            // a bound of the protocol or of an import
	CodeUsageDescriptionMissing     Code = "usageDescriptionMissing"     // names the missing key
	CodeQuotaExceeded               Code = "quotaExceeded"               // the device has no room
	CodeUnsupportedFHIRVersion      Code = "unsupportedFHIRVersion"      // names the version
	CodeCorruptStore                Code = "corruptStore"                // stored bytes do not open
)

// Error is every error that leaves the store. Text is safe to show and log: it
// names places and rules, never a value from a record.
type Error struct {
	Code Code
	Text string
	Err  error // what caused it, for errors.Is; its text is not shown
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Text }
func (e *Error) Unwrap() error { return e.Err }

// Public returns the code and the text that an Error object in JavaScript gets.
func (e *Error) Public() (code, text string) { return string(e.Code), e.Text }

// Errorf makes an Error. The arguments must be places and rules, never values.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// Errors that are compared, so that each has one text.
var (
	errLocked        error = Errorf(CodeDatabaseInaccessible, "the records are locked")
	errNotDetermined error = Errorf(CodeAuthorizationNotDetermined, "the person was not asked for this type")
	errNotVisible    error = Errorf(CodeNoData, "there is no such object")
	errRequired      error = Errorf(CodeRequiredAuthorizationDenied, "a type that the app requires was not granted")
)

// CodeOf returns the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}

// Failed says what failed where the medium did, for packages that work over the
// Backend port: an error that is an *Error says so itself and stays.
func Failed(err error, doing string) error { return wrap(err, doing) }

// wrap turns whatever went wrong while doing something into an *Error, whose
// text does not show the cause's.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	code, text := CodeUnknown, doing+" failed"
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		code, text = CodeUserCanceled, doing+" was stopped"
	case errors.Is(err, ErrQuota):
		code, text = CodeQuotaExceeded, doing+" failed: there is no room left on this device"
	case errors.Is(err, errFormat):
		code, text = CodeCorruptStore, doing+" failed: a newer version of Keepwell wrote it"
	case errors.Is(err, errDamaged), errors.Is(err, ErrSeal):
		code, text = CodeCorruptStore, doing+" failed: stored bytes do not open"
	case errors.Is(err, ErrClosed):
		code, text = CodeHealthDataUnavailable, doing+" failed: the store is closed"
	case errors.Is(err, ErrConflict):
		text = doing + " failed: another tab changed the store at the same time"
	}
	return &Error{Code: code, Text: text, Err: err}
}
