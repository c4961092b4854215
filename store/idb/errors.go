//go:build js && wasm

package idb

import (
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// indexedDB returns the IDBFactory, or why there is none.
func indexedDB() (js.Value, error) {
	factory, err := jsx.Get(js.Global(), "indexedDB")
	if err != nil {
		return factory, openError(err)
	}
	if !factory.Truthy() {
		return factory, store.Errorf(store.CodeHealthDataUnavailable, "this browser has no IndexedDB, in which records are kept")
	}
	return factory, nil
}

// openError says in plain words why a database does not open.
func openError(err error) error {
	switch {
	case errors.Is(err, errRemoved):
		return unavailable(err, "the records that were kept here are gone: they were erased, the browser’s site data was cleared, or its disk is damaged")
	case jsx.Named(err, "SecurityError", "InvalidStateError", "NotAllowedError"):
		return unavailable(err, "this browser does not let this page keep data: private browsing, blocked site data or a sandboxed frame may be the cause")
	case jsx.Named(err, "VersionError"):
		return unavailable(err, "the records kept here were written by a newer version of Keepwell")
	case jsx.Named(err, "UnknownError") && !noSpace(err):
		return unavailable(err, "the browser can't open its database: its disk may be full or damaged")
	}
	return failure("open the database", err)
}

func unavailable(err error, text string) error {
	return &store.Error{Code: store.CodeHealthDataUnavailable, Text: text, Err: err}
}

// failure names the sentinel that an error of IndexedDB stands for.
func failure(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case jsx.Named(err, "QuotaExceededError"), noSpace(err):
		return fmt.Errorf("%w (%s: %w)", store.ErrQuota, doing, err)
	}
	return fmt.Errorf("idb: can't %s: %w", doing, err)
}

// noSpace tells a full disk, which Chromium reports as an UnknownError.
func noSpace(err error) bool {
	return jsx.Named(err, "UnknownError") && strings.Contains(err.Error(), "NO_SPACE")
}

// disconnected tells an error after which the connection is of no use: iOS ends
// the process that serves IndexedDB while a page sleeps, and Chromium closes
// the connection when its disk fails.
func disconnected(err error) bool {
	return jsx.Named(err, "InvalidStateError") ||
		jsx.Named(err, "UnknownError") && (noSpace(err) || strings.Contains(err.Error(), "Connection to Indexed Database server lost"))
}
