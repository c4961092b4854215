package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// sealed encrypts an archive as a backup is.
func sealed(t testing.TB, archive []byte, recipients ...age.Recipient) []byte {
	t.Helper()
	if recipients == nil {
		recipient, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			t.Fatal(err)
		}
		recipient.SetWorkFactor(2)
		recipients = []age.Recipient{recipient}
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(archive); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped packs files with the standard library.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		member, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(member, files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// manifested writes the manifest anew after change has changed it.
func manifested(t testing.TB, files map[string]string, change func(m *Manifest)) {
	t.Helper()
	var m Manifest
	if err := json.Unmarshal([]byte(files[manifestName]), &m); err != nil {
		t.Fatal(err)
	}
	change(&m)
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	files[manifestName] = string(text)
}

// swapped replaces a file's content, and what the manifest says of it.
func swapped(t testing.TB, files map[string]string, name string, edit func(content string) string) {
	t.Helper()
	files[name] = edit(files[name])
	manifested(t, files, func(m *Manifest) {
		for at := range m.Files {
			if m.Files[at].Name == name {
				m.Files[at] = describeFile(name, files[name])
			}
		}
	})
}

// TestBadBackups restores what no restore may take. The error must be the one
// that fits, and the store must be what it was.
func TestBadBackups(t *testing.T) {
	good := exported(t, filled(t, mem.New()))
	archive := decrypted(t, good)
	x25519, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	costly, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	costly.SetWorkFactor(10)
	edited := func(edit func(files map[string]string)) []byte {
		files := unzipped(t, archive)
		edit(files)
		return sealed(t, zipped(t, files))
	}
	flipped := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 1
		return b
	}
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"empty":                      {nil, errDamaged},
		"cut in the intro":           {good[:10], errDamaged},
		"cut in the header":          {good[:60], errDamaged},
		"cut in the middle":          {good[:len(good)/2], errDamaged},
		"cut by a byte":              {good[:len(good)-1], errDamaged},
		"a byte too many":            {append(bytes.Clone(good), 0), errDamaged},
		"a flipped bit":              {flipped(len(good) / 2), errDamaged},
		"a flipped bit at the end":   {flipped(len(good) - 3), errDamaged},
		"a web page":                 {[]byte("<html>"), errNotBackup},
		"a zip archive":              {archive, errNotBackup},
		"encrypted as text":          {[]byte("-----BEGIN AGE ENCRYPTED FILE-----\n"), errArmored},
		"encrypted to a key":         {sealed(t, archive, x25519.Recipient()), errOtherKey},
		"of great cost":              {bytes.Replace(sealed(t, archive, costly), []byte(" 10\n"), []byte(" 19\n"), 1), errTooCostly},
		"of another program":         {sealed(t, []byte("some text")), errNotBackup},
		"an archive of another":      {sealed(t, zipped(t, map[string]string{"notes.txt": "x"})), errNotBackup},
		"a manifest of another":      {sealed(t, zipped(t, map[string]string{manifestName: `{"format":"other","version":1}`})), errNotBackup},
		"a manifest that is no JSON": {sealed(t, zipped(t, map[string]string{manifestName: "x"})), errNotBackup},
		"nothing but a manifest":     {sealed(t, zipped(t, map[string]string{manifestName: `{"format":"keepwell-backup","version":1}`})), errMembers},
		"of version 0":               {edited(func(f map[string]string) { manifested(t, f, func(m *Manifest) { m.Version = 0 }) }), errMalformed},
		"of a newer version":         {edited(func(f map[string]string) { manifested(t, f, func(m *Manifest) { m.Version = 2 }) }), errNewer},
		"of a type not known": {edited(func(f map[string]string) {
			f["samples/noSuchType.ndjson"] = f["samples/stepCount.ndjson"]
			delete(f, "samples/stepCount.ndjson")
			manifested(t, f, func(m *Manifest) {
				for at := range m.Files {
					m.Files[at].Name = strings.Replace(m.Files[at].Name, "stepCount", "noSuchType", 1)
				}
			})
		}), errNewer},
		"a file too many":             {edited(func(f map[string]string) { f["more"] = "" }), errMembers},
		"a file too few":              {edited(func(f map[string]string) { delete(f, appsName) }), errMembers},
		"a record of its own too few": {edited(func(f map[string]string) { delete(f, "resources/00000041.json") }), errMembers},
		"a file twice in the manifest": {edited(func(f map[string]string) {
			manifested(t, f, func(m *Manifest) { m.Files = append(m.Files, m.Files[0]) })
		}), errMembers},
		"a bad hash":                        {edited(func(f map[string]string) { f[ordersName] = strings.ToUpper(f[ordersName]) }), errHash},
		"another length":                    {edited(func(f map[string]string) { f[ordersName] += " " }), errHash},
		"a bad hash of a record of its own": {edited(func(f map[string]string) { f["resources/00000041.json"] += " " }), errHash},
		"other counts":                      {edited(func(f map[string]string) { manifested(t, f, func(m *Manifest) { m.Counts.Records++ }) }), errCounts},
		"other counts of samples":           {edited(func(f map[string]string) { manifested(t, f, func(m *Manifest) { m.Counts.Samples++ }) }), errCounts},
		"other counts of apps":              {edited(func(f map[string]string) { manifested(t, f, func(m *Manifest) { m.Counts.Apps = 0 }) }), errCounts},
		"a line too few": {edited(func(f map[string]string) {
			swapped(t, f, "fhir/003-clinic-a-R4.ndjson", func(c string) string { return c[strings.Index(c, "\n")+1:] })
		}), errCounts},
		"a bad sample": {edited(func(f map[string]string) {
			swapped(t, f, "samples/stepCount.ndjson", func(c string) string { return strings.Replace(c, "[0,", "[7,", 1) })
		}), errMalformed},
		"a bad index": {edited(func(f map[string]string) {
			swapped(t, f, "fhir/003-clinic-a-R4.index.ndjson", func(c string) string { return strings.Replace(c, "{", "[", 1) })
		}), errMalformed},
		"records out of order": {edited(func(f map[string]string) {
			swapped(t, f, "fhir/003-clinic-a-R4.index.ndjson", func(c string) string { return strings.Replace(c, `"position":3`, `"position":9`, 1) })
		}), errMalformed},
		"bad apps": {edited(func(f map[string]string) {
			swapped(t, f, appsName, func(string) string { return `[{"format":1,"origin":"null"}]` })
		}), nil},
		"bad orders":     {edited(func(f map[string]string) { swapped(t, f, ordersName, func(string) string { return `[]` }) }), errMalformed},
		"a bad log":      {edited(func(f map[string]string) { swapped(t, f, accessLogName, func(string) string { return "x\n" }) }), errMalformed},
		"no line feed":   {edited(func(f map[string]string) { swapped(t, f, accessLogName, func(c string) string { return c[:len(c)-1] }) }), nil},
		"a zip bomb":     {sealed(t, bomb(t)), errBomb},
		"a lying member": {sealed(t, lying(t)), errDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, mem.New())
			addSamples(t, s, sample("stepCount", phone, 1, 2, "count"))
			before := describe(t, s)
			for _, mode := range []Mode{Merge, Replace} {
				_, err := restored(s, test.file, mode)
				if codeOf(err) == "" || test.want != nil && err.Error() != test.want.Error() {
					t.Errorf("%s: error %v, want %v", mode, err, test.want)
				}
				differ(t, string(mode), describe(t, s), before)
			}
		})
	}
}

// bomb is an archive of which 2 GB come out of some 2 MB.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a", "b"} {
		member, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 64 {
			member.Write(zeros)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying is an archive whose manifest is larger than it says.
func lying(t testing.TB) []byte {
	t.Helper()
	archive := zipped(t, map[string]string{manifestName: strings.Repeat(" ", 10_000)})
	at := bytes.Index(archive, []byte("PK\x01\x02"))
	archive[at+24], archive[at+25] = 16, 0 // uncompressed size in the directory
	return archive
}

// TestWrongPassphrase tells a wrong passphrase from everything else.
func TestWrongPassphrase(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	s := newStore(t, mem.New())
	for text, want := range map[string]error{"": errNoPassphrase, "correct horse": errPassphrase, passphrase + " ": errPassphrase} {
		_, err := Restore(background, s, bytes.NewReader(file), int64(len(file)), text, Merge, quick)
		if err == nil || err.Error() != want.Error() {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	if _, err := Export(background, s, io.Discard, "", quick); err != errNoPassphrase {
		t.Errorf("an export without a passphrase: %v", err)
	}
}

// TestCutAndFlipped cuts a backup at random lengths and flips random bits: none of
// it may be taken.
func TestCutAndFlipped(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	s := newStore(t, mem.New())
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		if _, err := restored(s, file[:random.IntN(len(file))], Replace); codeOf(err) == "" {
			t.Fatalf("a backup cut short: %v", err)
		}
		flipped := bytes.Clone(file)
		flipped[random.IntN(len(file))] ^= 1 << random.IntN(8)
		if _, err := restored(s, flipped, Replace); codeOf(err) == "" {
			t.Fatalf("a backup with a flipped bit: %v", err)
		}
	}
	if records := s.Status().Records; records != 0 {
		t.Errorf("%d records came of it", records)
	}
}

// unreadable fails from an offset on, as a file does that was taken away.
type unreadable struct {
	io.ReaderAt
	from int64
}

var errTaken = errors.New("taken away")

func (u unreadable) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > u.from {
		return 0, errTaken
	}
	return u.ReaderAt.ReadAt(p, off)
}

// TestUnreadable does not blame the backup for what the device did.
func TestUnreadable(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	s := newStore(t, mem.New())
	for _, from := range []int64{100, int64(len(file)) - 10} {
		_, err := Restore(background, s, unreadable{bytes.NewReader(file), from}, int64(len(file)), passphrase, Merge, quick)
		if !errors.Is(err, errTaken) || codeOf(err) != store.CodeUnknown {
			t.Errorf("unreadable from %d: %v", from, err)
		}
	}
}

// TestStopped ends the context at every progress.
func TestStopped(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	for stopAt := 1; ; stopAt++ {
		ctx, cancel := context.WithCancel(background)
		options, calls := quick, 0
		options.Progress = func(Progress) {
			if calls++; calls == stopAt {
				cancel()
			}
		}
		s := newStore(t, mem.New())
		_, err := Restore(ctx, s, bytes.NewReader(file), int64(len(file)), passphrase, Replace, options)
		cancel()
		if err == nil {
			break // all was done, or past the point of no return
		}
		if codeOf(err) != store.CodeUserCanceled || s.Status().Records != 0 {
			t.Fatalf("stopped at call %d: %v, %+v", stopAt, err, s.Status())
		}
	}
}
