//go:build !js

package seal

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// TestWriteVectors makes the vectors anew, from a store that had a value before
// its first method. They need it only when the format changes.
func TestWriteVectors(t *testing.T) {
	if !*update {
		t.Skip("without -update the vectors stay")
	}
	p, env := newPlace(), realEnvironment()
	env.random = fixed()
	env.now = func() time.Time { return time.UnixMilli(1_700_000_000_000) }
	k, err := openKeyring(t.Context(), p.backend, p.device, env)
	if err != nil {
		t.Fatal(err)
	}
	code, err := NewRecoveryCode(fixed())
	if err != nil {
		t.Fatal(err)
	}
	v := vectors{Secrets: vectorSecrets{
		Passphrase: "pâte à choux, 4 œufs", RecoveryCode: code,
		Credential: []byte("credential"), PRFInput: bytes.Repeat([]byte{1}, prfSize), PRFOutput: bytes.Repeat([]byte{2}, prfSize),
	}}
	v.addValues(t, k, "before the first method")
	secrets := v.Secrets.all(t)
	for _, kind := range []Kind{KindPassphrase, KindRecovery, KindPasskey} {
		add(t, k, secrets[kind])
	}
	v.addValues(t, k, "", "a value", string(make([]byte, 1000)))
	v.finish(t, k)
	data, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/vectors.json", append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (v *vectors) addValues(t *testing.T, k *Keyring, plaintexts ...string) {
	for _, class := range []Class{ClassRecords, ClassMetadata} {
		s, err := k.SealerOf(class)
		if err != nil {
			t.Fatal(err)
		}
		for _, plaintext := range plaintexts {
			sealed, err := s.Seal(t.Context(), "s/0001", []byte(plaintext))
			if err != nil {
				t.Fatal(err)
			}
			v.Values = append(v.Values, vectorValue{Class: class, Place: "s/0001", Plaintext: []byte(plaintext), Sealed: sealed})
		}
	}
	entry, err := k.SealJournal("j/0001", []byte("an entry"))
	if err != nil {
		t.Fatal(err)
	}
	v.Journal = append(v.Journal, vectorJournal{Place: "j/0001", Plaintext: []byte("an entry"), Entry: entry})
}

func (v *vectors) finish(t *testing.T, k *Keyring) {
	v.Keyring = k.snapshot().encode()
	for e := epoch(1); e <= k.open.current; e++ {
		m, err := k.open.master(e)
		if err != nil {
			t.Fatal(err)
		}
		v.Masters = append(v.Masters, vectorMaster{Epoch: uint32(e), Master: m[:]})
	}
	s, err := k.Sealer()
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"", "record/1"} {
		identity, err := s.Identify(t.Context(), label)
		if err != nil {
			t.Fatal(err)
		}
		v.Identity = append(v.Identity, vectorLabel{Label: label, Identity: identity})
	}
}
