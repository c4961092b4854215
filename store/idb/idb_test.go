//go:build js && wasm

package idb

import (
	"context"
	"crypto/rand"
	"errors"
	"syscall/js"
	"testing"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// open returns a Backend on a database of the test's own.
func open(t *testing.T) *Backend {
	t.Helper()
	name := "test-" + rand.Text()
	b := reopen(t, name)
	t.Cleanup(func() {
		b.Close()
		if err := Delete(context.Background(), name); err != nil {
			t.Errorf("Delete: %v", err)
		}
	})
	return b
}

func reopen(t *testing.T, name string) *Backend {
	t.Helper()
	b, err := Open(t.Context(), name)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return b
}

func TestBackend(t *testing.T) {
	storetest.TestBackend(t, func(t *testing.T) store.Backend { return open(t) })
}

func putOne(t *testing.T, b *Backend, key, value string) {
	t.Helper()
	if err := b.Apply(t.Context(), store.Batch{Put: []store.Entry{{Key: key, Value: []byte(value)}}}); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func wantValue(t *testing.T, b *Backend, key, want string) {
	t.Helper()
	if got, err := b.Get(t.Context(), key); err != nil || string(got) != want {
		t.Errorf("Get of %s = %q, %v; want %q", key, got, err, want)
	}
}

func TestValuesOutliveTheConnection(t *testing.T) {
	b := open(t)
	putOne(t, b, "a", "1")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, b.name)
	defer again.Close()
	wantValue(t, again, "a", "1")
}

// A connection that the browser closed is opened again, for reads and writes.
func TestLostConnection(t *testing.T) {
	b := open(t)
	putOne(t, b, "a", "1")
	b.connection.database.Call("close")
	wantValue(t, b, "a", "1")
	b.connection.database.Call("close")
	putOne(t, b, "a", "2")
	b.connection.database.Call("dispatchEvent", js.Global().Get("Event").New("close"))
	if keys, err := b.Keys(t.Context(), "", ""); err != nil || len(keys) != 1 {
		t.Errorf("Keys after the close event: %q, %v", keys, err)
	}
	wantValue(t, b, "a", "2")
}

// A database that vanished is reported, and not made anew.
func TestRemovedDatabase(t *testing.T) {
	b := open(t)
	putOne(t, b, "a", "1")
	b.connection.lose()
	if err := Delete(t.Context(), b.name); err != nil {
		t.Fatal(err)
	}
	_, err := b.Get(t.Context(), "a")
	wantUnavailable(t, err)
	if !errors.Is(err, store.ErrRemoved) {
		t.Errorf("Get = %v, want ErrRemoved", err)
	}
	err = b.Apply(t.Context(), store.Batch{Put: []store.Entry{{Key: "a", Value: nil}}})
	wantUnavailable(t, err)
	if names := databases(t); names[b.name] {
		t.Error("the database was made anew")
	}
}

// A deletion in another tab goes through at once and closes this Backend.
func TestErasedByAnotherTab(t *testing.T) {
	b := open(t)
	putOne(t, b, "a", "1")
	if err := Delete(t.Context(), b.name); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := b.Get(t.Context(), "a")
		wantUnavailable(t, err)
		if !errors.Is(err, store.ErrRemoved) {
			t.Errorf("Get = %v, want ErrRemoved", err)
		}
	}
	if names := databases(t); names[b.name] {
		t.Error("the database was made anew")
	}
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	var typed *store.Error
	if !errors.As(err, &typed) || typed.Code != store.CodeHealthDataUnavailable {
		t.Errorf("got %v, want healthDataUnavailable", err)
	}
}

// databases names those that exist. WebKit goes on listing one whose creation was
// aborted, with version 0.
func databases(t *testing.T) map[string]bool {
	t.Helper()
	list, err := jsx.Await(t.Context(), js.Global().Get("indexedDB").Call("databases"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for i := range list.Length() {
		if database := list.Index(i); database.Get("version").Int() > 0 {
			names[database.Get("name").String()] = true
		}
	}
	return names
}

// A write is strict: its transaction says so.
func TestDurability(t *testing.T) {
	b := open(t)
	tx, err := b.begin(t.Context(), readWrite, valuesStore)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.abort()
	if durability := tx.value.Get("durability").String(); durability != "strict" {
		t.Errorf("durability is %s", durability)
	}
}

// Errors of IndexedDB, made by hand since no test fills a disk.
func TestErrors(t *testing.T) {
	exception := func(name, message string) error {
		return jsx.AsError(js.Global().Get("DOMException").New(message, name))
	}
	for _, test := range []struct {
		name  string
		err   error
		quota bool
		lost  bool
	}{
		{"quota", exception("QuotaExceededError", ""), true, false},
		{"full disk", exception("UnknownError", "IO error: FILE_ERROR_NO_SPACE"), true, true},
		{"iOS", exception("UnknownError", "Connection to Indexed Database server lost. Refresh the page to try again"), false, true},
		{"closing", exception("InvalidStateError", "The database connection is closing."), false, true},
		{"other", exception("UnknownError", ""), false, false},
	} {
		if got := errors.Is(outcome("write", test.err), store.ErrQuota); got != test.quota {
			t.Errorf("%s: quota %t, want %t", test.name, got, test.quota)
		}
		if got := disconnected(test.err); got != test.lost {
			t.Errorf("%s: lost %t, want %t", test.name, got, test.lost)
		}
	}
	for _, name := range []string{"SecurityError", "InvalidStateError", "UnknownError", "VersionError"} {
		wantUnavailable(t, openError(exception(name, "")))
	}
}

func TestWithoutIndexedDB(t *testing.T) {
	global := js.Global()
	object := global.Get("Object")
	property := map[string]any{"configurable": true, "value": js.Null()}
	own := object.Call("getOwnPropertyDescriptor", global, "indexedDB")
	object.Call("defineProperty", global, "indexedDB", property)
	_, err := Open(t.Context(), "none")
	if own.Truthy() {
		object.Call("defineProperty", global, "indexedDB", own)
	} else {
		global.Delete("indexedDB")
	}
	wantUnavailable(t, err)
}

func TestKeys(t *testing.T) {
	b := open(t)
	subtle := js.Global().Get("crypto").Get("subtle")
	key, err := jsx.Await(t.Context(), subtle.Call("generateKey", map[string]any{"name": "AES-GCM", "length": 256}, false, []any{"encrypt"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Key(t.Context(), "device"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Key before PutKey: %v, want ErrNotFound", err)
	}
	if err := b.PutKey(t.Context(), "device", key); err != nil {
		t.Fatal(err)
	}
	kept, err := b.Key(t.Context(), "device")
	if err != nil || kept.Get("extractable").Bool() {
		t.Errorf("Key: %v, extractable %v", err, kept.Get("extractable"))
	}
	if names, err := b.KeyNames(t.Context()); err != nil || len(names) != 1 || names[0] != "device" {
		t.Errorf("KeyNames = %q, %v", names, err)
	}
	if values, err := b.Keys(t.Context(), "", ""); err != nil || len(values) != 0 {
		t.Errorf("a CryptoKey shows among the values: %q, %v", values, err)
	}
	if err := b.DeleteKey(t.Context(), "device"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Key(t.Context(), "device"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Key after DeleteKey: %v, want ErrNotFound", err)
	}
}
