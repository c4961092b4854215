package store

import "fmt"

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
	CodeNoData                      Code = "noData"                      // statistics over nothing
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

// Errorf makes an Error. The arguments must be places and rules, never values.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}
