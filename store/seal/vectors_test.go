package seal

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// The vectors run on both platforms, which proves that they write the same
// bytes, and serve whoever writes another reader of the format.
//
//go:embed testdata/vectors.json
var vectorsJSON []byte

// hexBytes are bytes in hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }
func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// vectors describe one store.
type vectors struct {
	Keyring  hexBytes        `json:"keyring"`
	Secrets  vectorSecrets   `json:"secrets"`
	Masters  []vectorMaster  `json:"masters"`
	Values   []vectorValue   `json:"values"`
	Journal  []vectorJournal `json:"journal"`
	Identity []vectorLabel   `json:"identity"`
}

// vectorSecrets each open the keyring.
type vectorSecrets struct {
	Passphrase   string   `json:"passphrase"`
	RecoveryCode string   `json:"recoveryCode"`
	Credential   hexBytes `json:"credential"`
	PRFInput     hexBytes `json:"prfInput"`
	PRFOutput    hexBytes `json:"prfOutput"`
}

type vectorMaster struct {
	Epoch  uint32   `json:"epoch"`
	Master hexBytes `json:"master"`
}

type vectorValue struct {
	Class     Class    `json:"class"`
	Place     string   `json:"place"`
	Plaintext hexBytes `json:"plaintext"`
	Sealed    hexBytes `json:"sealed"`
}

type vectorJournal struct {
	Place     string   `json:"place"`
	Plaintext hexBytes `json:"plaintext"`
	Entry     hexBytes `json:"entry"`
}

type vectorLabel struct {
	Label    string   `json:"label"`
	Identity hexBytes `json:"identity"`
}

func loadVectors(t *testing.T) vectors {
	t.Helper()
	var v vectors
	if err := json.Unmarshal(vectorsJSON, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// all returns each secret by its kind.
func (s vectorSecrets) all(t *testing.T) map[Kind]Secret {
	t.Helper()
	passphrase, err := Passphrase(s.Passphrase, nil)
	if err != nil {
		t.Fatal(err)
	}
	recovery, err := RecoveryCode(s.RecoveryCode)
	if err != nil {
		t.Fatal(err)
	}
	passkey, err := Passkey(PasskeyInput{Credential: s.Credential, Input: s.PRFInput}, s.PRFOutput)
	if err != nil {
		t.Fatal(err)
	}
	return map[Kind]Secret{KindPassphrase: passphrase, KindRecovery: recovery, KindPasskey: passkey}
}

// vectorKeyring opens the keyring of the vectors, locked.
func vectorKeyring(t *testing.T, v vectors) *Keyring {
	t.Helper()
	backend := mem.New()
	if err := backend.Apply(t.Context(), store.Batch{Put: []store.Entry{{Key: keyringKey, Value: v.Keyring}}}); err != nil {
		t.Fatal(err)
	}
	k, err := OpenKeyring(t.Context(), backend, NewMemoryKeys())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVectors(t *testing.T) {
	v := loadVectors(t)
	for kind, secret := range v.Secrets.all(t) {
		t.Run(kind.String(), func(t *testing.T) {
			k := vectorKeyring(t, v)
			if err := k.Unlock(t.Context(), secret); err != nil {
				t.Fatalf("Unlock: %v", err)
			}
			checkMasters(t, k, v.Masters)
			checkValues(t, k, v.Values)
			checkJournal(t, k, v.Journal)
			checkIdentity(t, k, v.Identity)
		})
	}
}

func checkMasters(t *testing.T, k *Keyring, masters []vectorMaster) {
	t.Helper()
	if len(masters) != len(k.open.masters) {
		t.Errorf("the keyring holds %d masters, want %d", len(k.open.masters), len(masters))
	}
	for _, want := range masters {
		if got, err := k.open.master(epoch(want.Epoch)); err != nil || !bytes.Equal(got[:], want.Master) {
			t.Errorf("the master of epoch %d is another (%v)", want.Epoch, err)
		}
	}
}

// checkValues opens each value and seals it again with the same nonce, which
// must give the same bytes.
func checkValues(t *testing.T, k *Keyring, values []vectorValue) {
	t.Helper()
	for i, v := range values {
		s, err := k.SealerOf(v.Class)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Open(t.Context(), v.Place, v.Sealed); err != nil || !bytes.Equal(got, v.Plaintext) {
			t.Errorf("value %d opens to %d bytes, %v", i, len(got), err)
		}
		if !k.Current(v.Sealed) {
			continue // of a former epoch, under which nothing is sealed any more
		}
		k.open.random = bytes.NewReader(v.Sealed[headerSize : headerSize+nonceSize])
		if again, err := s.Seal(t.Context(), v.Place, v.Plaintext); err != nil || !bytes.Equal(again, v.Sealed) {
			t.Errorf("value %d seals to other bytes (%v)", i, err)
		}
	}
}

func checkJournal(t *testing.T, k *Keyring, entries []vectorJournal) {
	t.Helper()
	for i, e := range entries {
		if got, err := k.OpenJournal(e.Place, e.Entry); err != nil || !bytes.Equal(got, e.Plaintext) {
			t.Errorf("journal entry %d opens to %d bytes, %v", i, len(got), err)
		}
	}
}

func checkIdentity(t *testing.T, k *Keyring, labels []vectorLabel) {
	t.Helper()
	s, err := k.Sealer()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range labels {
		if got, err := s.Identify(t.Context(), l.Label); err != nil || !bytes.Equal(got, l.Identity) {
			t.Errorf("the identity of %q is another (%v)", l.Label, err)
		}
	}
}

func TestVectorsWrongSecrets(t *testing.T) {
	v := loadVectors(t)
	v.Secrets.Passphrase += " "
	v.Secrets.PRFOutput[31] ^= 1
	v.Secrets.RecoveryCode = "0000-0000-0000-0000-0000-0000-0000"
	for kind, secret := range v.Secrets.all(t) {
		if err := vectorKeyring(t, v).Unlock(t.Context(), secret); !errors.Is(err, ErrWrongSecret) {
			t.Errorf("%s: %v, want ErrWrongSecret", kind, err)
		}
	}
}
