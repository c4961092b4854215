package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// sampleKeyring returns a keyring with a method of each kind that is kept.
func sampleKeyring(t testing.TB) *keyring {
	t.Helper()
	env := realEnvironment()
	env.random = fixed()
	k := &Keyring{env: env}
	next := &keyring{id: storeID{1, 2, 3}, epoch: 7, revision: 9}
	secrets := secrets{retired: []retiredMaster{{epoch: 6, master: master{6}}}}
	c := &change{keyring: k, next: next, master: master{7}}
	passphrase, _ := Passphrase("passphrase", &cheap)
	recovery, _ := RecoveryCode("0000-0000-0000-0000-0000-0000-0000")
	passkey, _ := Passkey(PasskeyInput{Credential: []byte("credential"), Input: make([]byte, prfSize)}, make([]byte, prfSize))
	for _, secret := range []Secret{passphrase, recovery, passkey} {
		m, err := c.wrap(secret)
		if err != nil {
			t.Fatal(err)
		}
		next.methods = append(next.methods, m)
	}
	if err := next.seal(k.env.random, &c.master, secrets); err != nil {
		t.Fatal(err)
	}
	return next
}

func TestKeyringEncoding(t *testing.T) {
	want := sampleKeyring(t)
	data := want.encode()
	got, err := parseKeyring(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.encode(), data) || !got.authentic(&master{7}) || got.authentic(&master{8}) {
		t.Error("the keyring changed on its way")
	}
	s, err := openSecrets(sealing{id: got.id, epoch: 7, master: &master{7}}, got.secrets)
	if err != nil || len(s.retired) != 1 || s.retired[0].master != (master{6}) {
		t.Errorf("its secrets: %+v, %v", s.retired, err)
	}
}

func TestBadKeyrings(t *testing.T) {
	good := sampleKeyring(t).encode()
	const firstMethod = 4 + 1 + storeIDSize + 8 + 4 + journalKeySize + 1
	const firstParams = firstMethod + 1 + methodIDSize + 8 + 2
	alter := func(f func(data []byte)) []byte {
		data := bytes.Clone(good)
		f(data)
		return data
	}
	cases := map[string][]byte{
		"empty":           nil,
		"another file":    []byte(`{"resourceType":"Patient"}`),
		"a byte too many": append(bytes.Clone(good), 0),
		"newer version":   alter(func(d []byte) { d[4] = 2 }),
		"no methods":      alter(func(d []byte) { d[firstMethod-1] = 0 }),
		"many methods":    alter(func(d []byte) { d[firstMethod-1] = 255 }),
		"unknown kind":    alter(func(d []byte) { d[firstMethod] = 9 }),
		"no such params":  alter(func(d []byte) { d[firstMethod] = byte(KindDevice) }),
		"endless params":  alter(func(d []byte) { d[firstParams-2] = 255 }),
		"another hash":    alter(func(d []byte) { d[firstParams] = 2 }),
		"16 GiB":          alter(func(d []byte) { binary.BigEndian.PutUint32(d[firstParams+1:], 16<<20) }),
		"little memory":   alter(func(d []byte) { binary.BigEndian.PutUint32(d[firstParams+1:], 8) }),
		"a year of passes": alter(func(d []byte) {
			binary.BigEndian.PutUint32(d[firstParams+5:], 1<<31)
		}),
		"no passes": alter(func(d []byte) { binary.BigEndian.PutUint32(d[firstParams+5:], 0) }),
		"no lanes":  alter(func(d []byte) { d[firstParams+9] = 0 }),
	}
	for length := range good {
		if _, err := parseKeyring(good[:length]); !errors.Is(err, ErrKeyring) {
			t.Errorf("cut to %d bytes: %v, want ErrKeyring", length, err)
		}
	}
	for name, data := range cases {
		if _, err := parseKeyring(data); !errors.Is(err, ErrKeyring) {
			t.Errorf("%s: %v, want ErrKeyring", name, err)
		}
	}
}

func FuzzKeyring(f *testing.F) {
	good := sampleKeyring(f).encode()
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("KWKR\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := parseKeyring(data)
		if err != nil {
			if !errors.Is(err, ErrKeyring) {
				t.Errorf("parseKeyring = %v, want ErrKeyring", err)
			}
			return
		}
		if !bytes.Equal(k.encode(), data) {
			t.Error("two encodings of one keyring")
		}
		for i := range k.methods {
			k.methods[i].describe()
			if p, ok := parsePassphraseParams(k.methods[i].params); k.methods[i].kind == KindPassphrase && (!ok || !p.cost.bounded()) {
				t.Errorf("a cost out of bounds: %+v", p.cost)
			}
		}
	})
}
