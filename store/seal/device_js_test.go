//go:build js && wasm

package seal

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/idb"
)

func openIDB(t *testing.T) *idb.Backend {
	t.Helper()
	name := "seal-" + rand.Text()
	b, err := idb.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		if err := idb.Delete(context.Background(), name); err != nil {
			t.Errorf("Delete: %v", err)
		}
	})
	return b
}

// A store in IndexedDB, from the browser's key to a passphrase.
func TestBrowserKeys(t *testing.T) {
	b := openIDB(t)
	k, err := OpenKeyring(t.Context(), b, NewBrowserKeys(b))
	if err != nil {
		t.Fatal(err)
	}
	sealed := sealOne(t, k, "value")
	again, err := OpenKeyring(t.Context(), b, NewBrowserKeys(b))
	if err != nil {
		t.Fatal(err)
	}
	wantOpens(t, again, sealed, "value")
	add(t, again, secretOf(t, "passphrase"))
	if names, err := b.KeyNames(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("the browser keeps the keys %q (%v)", names, err)
	}
	last, err := OpenKeyring(t.Context(), b, NewBrowserKeys(b))
	if err != nil || !last.Locked() {
		t.Fatalf("OpenKeyring = %v, want a locked keyring", err)
	}
	wantUnlock(t, last, secretOf(t, "passphrasf"), ErrWrongSecret)
	wantUnlock(t, last, secretOf(t, "passphrase"), nil)
	wantOpens(t, last, sealed, "value")
}

func TestBrowserKeyErrors(t *testing.T) {
	keys := NewBrowserKeys(openIDB(t))
	if _, err := keys.Unwrap(t.Context(), "absent", nil, make([]byte, wrappedSize)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Unwrap without a key: %v, want ErrNotFound", err)
	}
	if err := keys.Create(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	wrapped, err := keys.Wrap(t.Context(), "key", []byte("associated"), make([]byte, keySize))
	if err != nil || len(wrapped) != wrappedSize {
		t.Fatalf("Wrap: %d bytes, %v", len(wrapped), err)
	}
	if secret, err := keys.Unwrap(t.Context(), "key", []byte("associated"), wrapped); err != nil || len(secret) != keySize {
		t.Errorf("Unwrap: %d bytes, %v", len(secret), err)
	}
	if _, err := keys.Unwrap(t.Context(), "key", []byte("other"), wrapped); !errors.Is(err, store.ErrSeal) {
		t.Errorf("Unwrap with other data: %v, want ErrSeal", err)
	}
	if _, err := keys.Unwrap(t.Context(), "key", nil, wrapped[:5]); !errors.Is(err, store.ErrSeal) {
		t.Errorf("Unwrap of a stump: %v, want ErrSeal", err)
	}
}

// The same passphrase typed on two keyboards, composed and decomposed.
func TestNormalize(t *testing.T) {
	if Normalize("cafe\u0301") != "caf\u00e9" {
		t.Error("a passphrase depends on the keyboard")
	}
}
