package store_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// plainSealer is a Sealer of AES-256-GCM with one key: store/seal without its
// keyring.
type plainSealer struct {
	aead cipher.AEAD
	key  []byte
}

func newSealer(password string) store.Sealer {
	key := sha256.Sum256([]byte(password))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return plainSealer{aead, key[:]}
}

func (s plainSealer) Seal(_ context.Context, associated string, plaintext []byte) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plaintext)+s.aead.Overhead())
	rand.Read(nonce)
	return s.aead.Seal(nonce, nonce, plaintext, []byte(associated)), nil
}

func (s plainSealer) Open(_ context.Context, associated string, sealed []byte) ([]byte, error) {
	if len(sealed) < s.aead.NonceSize() {
		return nil, store.ErrSeal
	}
	nonce := sealed[:s.aead.NonceSize()]
	plaintext, err := s.aead.Open(nil, nonce, sealed[len(nonce):], []byte(associated))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrSeal, err)
	}
	return plaintext, nil
}

func (s plainSealer) Identify(_ context.Context, label string) ([]byte, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(label))
	return mac.Sum(nil)[:16], nil
}

var (
	background = context.Background()
	sealer     = newSealer("one")

	clinicA = store.Source{ID: "import:a", Name: "Clinic A"}
	clinicB = store.Source{ID: "import:b", Name: "Clinic B"}
	phone   = store.Source{ID: "import:phone", Name: "Phone", Version: "17.0", Device: "iPhone"}
	watch   = store.Source{ID: "import:watch", Name: "Watch"}
)

// clock is a settable Options.Now, in ms.
type clock int64

func (c *clock) now() time.Time { return time.UnixMilli(int64(*c)) }

// open opens a store that the test closes.
func open(t testing.TB, backend store.Backend, options ...func(*store.Options)) *store.Store {
	t.Helper()
	s, err := tryOpen(backend, options...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryOpen(backend store.Backend, options ...func(*store.Options)) (*store.Store, error) {
	o := store.Options{SegmentSize: 512} // small, so that few records make many segments
	for _, set := range options {
		set(&o)
	}
	return store.Open(background, backend, sealer, o)
}

// record is a resource as tests write it.
type record struct {
	source store.Source
	kind   string // resource type
	id     string
	text   string // what tells versions apart
	start  int64  // ms since the Unix epoch; 0: undated
}

func (r record) raw() []byte {
	return fmt.Appendf(nil, `{"resourceType":%q,"id":%q,"text":%q}`, r.kind, r.id, r.text)
}

func (r record) summary() *fhir.Summary {
	sum := &fhir.Summary{ResourceType: r.kind, ID: r.id, Release: fhir.R4, Version: "4.0.1", Display: r.text, Status: "active"}
	if r.start != 0 {
		sum.Start = fhir.DateTime{Text: "written", Time: time.UnixMilli(r.start), Precision: fhir.PrecisionSecond}
	}
	return sum
}

// kinds are resource types with the type that each belongs to.
var kinds = map[string]store.TypeID{
	"Condition": store.ConditionRecord, "Immunization": store.ImmunizationRecord,
	"Procedure": store.ProcedureRecord, "Patient": store.OtherRecord,
}

func begin(t testing.TB, s *store.Store) *store.Import {
	t.Helper()
	im, err := s.BeginImport(background)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func addRecord(im *store.Import, r record) (store.Outcome, error) {
	return im.AddResource(background, r.source, fhir.Resource{Raw: r.raw()}, r.summary())
}

// importRecords imports records in one go.
func importRecords(t testing.TB, s *store.Store, records ...record) store.Tally {
	t.Helper()
	im := begin(t, s)
	for _, r := range records {
		if _, err := addRecord(im, r); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, im)
	return im.Tally()
}

func importSamples(t testing.TB, s *store.Store, samples ...store.Sample) store.Tally {
	t.Helper()
	im := begin(t, s)
	for _, sample := range samples {
		if _, err := im.AddSample(background, sample); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, im)
	return im.Tally()
}

func commit(t testing.TB, im *store.Import) {
	t.Helper()
	if err := im.Commit(background); err != nil {
		t.Fatal(err)
	}
}

// steps is a sample of a number of steps.
func steps(source store.Source, start, end int64, count float64) store.Sample {
	return store.Sample{Type: "stepCount", Source: source, StartDate: start, EndDate: end, Value: &count, Unit: "count"}
}

func query(t testing.TB, c *store.Client, q store.Query) []store.Sample {
	t.Helper()
	samples, err := c.Query(background, q)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// codeOf returns the code of an error, "" for none, and fails for an error that
// is not a *store.Error.
func codeOf(t testing.TB, err error) store.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var known *store.Error
	if !errors.As(err, &known) {
		t.Fatalf("%T is not a *store.Error: %v", err, err)
	}
	return known.Code
}

func wantCode(t testing.TB, err error, want store.Code) {
	t.Helper()
	if got := codeOf(t, err); got != want {
		t.Errorf("error %q (%v), want %q", got, err, want)
	}
}

// idsOf returns what tells samples apart in tests, in order.
func idsOf(samples []store.Sample) []string {
	ids := make([]string, len(samples))
	for at, sample := range samples {
		if sample.FHIR != nil {
			ids[at] = sample.FHIR.Identifier
		} else {
			ids[at] = fmt.Sprint(sample.StartDate, "+", sample.EndDate-sample.StartDate, "=", *sample.Value)
		}
	}
	return ids
}

var _ store.Backend = (*mem.Backend)(nil)

// countingBackend counts values read one by one.
type countingBackend struct {
	store.Backend
	mu   sync.Mutex
	gets int
}

func (b *countingBackend) Get(ctx context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	b.gets++
	b.mu.Unlock()
	return b.Backend.Get(ctx, key)
}
