package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
)

var (
	background = context.Background()
	clinicA    = store.Source{ID: "import:a", Name: "Clinic A"}
	clinicB    = store.Source{ID: "import:b", Name: "Klinik für Übung"}
	phone      = store.Source{ID: "import:phone", Name: "Phone", Version: "17.0", Device: "iPhone"}
	watch      = store.Source{ID: "import:watch", Name: "Watch"}
)

const (
	passphrase = "correct horse battery staple"
	portal     = "https://portal.example"
)

// quick makes keys of passphrases at little cost.
var quick = Options{WorkFactor: 2}

// newStore returns an empty store with keys of its own.
func newStore(t testing.TB, backend store.Backend) *store.Store {
	t.Helper()
	keys, err := seal.OpenKeyring(background, backend, seal.NewMemoryKeys())
	if err != nil {
		t.Fatal(err)
	}
	return openStore(t, backend, keys, 512)
}

func openStore(t testing.TB, backend store.Backend, keys *seal.Keyring, segmentSize int) *store.Store {
	t.Helper()
	records, err := keys.Sealer()
	if err != nil {
		t.Fatal(err)
	}
	metadata, err := keys.SealerOf(seal.ClassMetadata)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(background, backend, records, store.Options{SegmentSize: segmentSize, Permissions: metadata})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// record is a resource as tests write it; raw is made of the rest when empty.
type record struct {
	source        store.Source
	kind, id, raw string
	release       fhir.Release
}

func (r record) bytes() []byte {
	if r.raw != "" {
		return []byte(r.raw)
	}
	return fmt.Appendf(nil, `{"resourceType":%q,"id":%q,"value":1.00}`, r.kind, r.id)
}

func addRecords(t testing.TB, s *store.Store, records ...record) {
	t.Helper()
	im, err := s.BeginImport(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		sum := &fhir.Summary{ResourceType: r.kind, ID: r.id, Release: r.release, Version: "4.0.1", Display: "Display of " + r.id}
		sum.Start = fhir.DateTime{Text: "2020-03", Time: time.UnixMilli(1_583_000_000_000), Precision: fhir.PrecisionMonth}
		resource := fhir.Resource{Raw: r.bytes(), FullURL: "urn:" + r.id}
		if _, err := im.AddResource(background, r.source, resource, sum); err != nil {
			t.Fatal(err)
		}
	}
	if err := im.Commit(background); err != nil {
		t.Fatal(err)
	}
}

func sample(id store.TypeID, source store.Source, start int64, value float64, unit string) store.Sample {
	return store.Sample{Type: id, Source: source, StartDate: start, EndDate: start + 1000, Value: &value, Unit: unit}
}

func addSamples(t testing.TB, s *store.Store, samples ...store.Sample) {
	t.Helper()
	im, err := s.BeginImport(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range samples {
		if _, err := im.AddSample(background, one); err != nil {
			t.Fatal(err)
		}
	}
	if err := im.Commit(background); err != nil {
		t.Fatal(err)
	}
}

func addDocument(t testing.TB, s *store.Store, id string, raw []byte) {
	t.Helper()
	im, err := s.BeginImport(background)
	if err != nil {
		t.Fatal(err)
	}
	document := store.Sample{
		Type: documentType, Source: clinicA, StartDate: 5, EndDate: 5, SyncIdentifier: id, DisplayName: "Document " + id,
	}
	if _, err := im.AddDocument(background, document, raw); err != nil {
		t.Fatal(err)
	}
	if err := im.Commit(background); err != nil {
		t.Fatal(err)
	}
}

// documentType is a type whose objects are documents.
var documentType = func() store.TypeID {
	for _, known := range store.Catalogue() {
		if known.Kind == store.KindDocument {
			return known.ID
		}
	}
	panic("the catalogue has no documents")
}()

var described = store.AppDescription{
	Name:          "Portal",
	Usage:         store.Usage{Share: "share", Update: "update", Clinical: "clinical"},
	Purpose:       store.PurposeCare,
	PrivacyPolicy: "https://portal.example/privacy",
}

func grant(t testing.TB, s *store.Store, origin string, r store.AuthorizationRequest, a store.Answer) {
	t.Helper()
	if _, err := s.Ask(background, origin, described, r); err != nil {
		t.Fatal(err)
	}
	if err := s.Answer(background, origin, r, a); err != nil {
		t.Fatal(err)
	}
}

// filled returns a store with something of every kind.
func filled(t testing.TB, backend store.Backend) *store.Store {
	t.Helper()
	s := newStore(t, backend)
	fill(t, s)
	return s
}

// fill puts something of every kind into a store.
func fill(t testing.TB, s *store.Store) {
	t.Helper()
	var records []record
	for n := range 20 {
		records = append(records,
			record{source: clinicA, kind: "Condition", id: fmt.Sprint("a", n), release: fhir.R4},
			record{source: clinicB, kind: "Procedure", id: fmt.Sprint("b", n), release: fhir.DSTU2})
	}
	records = append(records,
		record{source: clinicA, kind: "Condition", id: "lines", release: fhir.R4, raw: "{\n\t\"resourceType\": \"Condition\",\r\n\t\"id\": \"lines\"\n}"},
		record{source: clinicA, kind: "Condition", id: "none", raw: `{"resourceType":"Condition","id":"none","text":"äöü € \u0000 😀"}`},
	)
	addRecords(t, s, records...)
	addDocument(t, s, "xml", []byte("<ClinicalDocument>\n</ClinicalDocument>"))
	addDocument(t, s, "bytes", []byte{0, 10, 13, 255, 254})
	addDocument(t, s, "empty", []byte{})
	withSync := sample("heartRate", watch, 7_000, 61.25, "/min")
	withSync.SyncIdentifier, withSync.SyncVersion = "sync", 3
	withSync.Metadata = map[string]string{"HKMetadataKeyHeartRateMotionContext": "1", "ü": "\"\n"}
	noValue := store.Sample{Type: "heartRate", Source: watch, StartDate: 1, EndDate: 1}
	addSamples(t, s,
		sample("stepCount", phone, 1_000, 12, "count"), sample("stepCount", watch, 1_500, 13, "count"),
		sample("stepCount", phone, -5_000, 0.30000000000000004, "count"), sample("stepCount", phone, 9_000, 1e300, "count"),
		sample("heartRate", watch, 3_000, 60, "count/min"), withSync, noValue)
	request := store.AuthorizationRequest{ToShare: []store.TypeID{"stepCount"}, Read: []store.TypeID{"stepCount", "heartRate", store.ConditionRecord}}
	grant(t, s, portal, request, store.Answer{
		Share: []store.TypeID{"stepCount"}, Read: []store.TypeID{"stepCount", store.ConditionRecord}, FutureRecords: store.FutureAsk,
	})
	addRecords(t, s, record{source: clinicA, kind: "Condition", id: "later", release: fhir.R4}) // which the app does not see
	if err := s.SetSourceOrder(background, "stepCount", []string{watch.ID, phone.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.App(portal).Query(background, store.Query{Type: "stepCount"}); err != nil {
		t.Fatal(err)
	}
}

// describe prints everything that a store holds but what is its own: UUIDs.
func describe(t testing.TB, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	for _, known := range store.Catalogue() {
		samples, err := s.Person().Query(background, store.Query{Type: known.ID, Sort: []store.Sort{{Key: "startDate", Ascending: true}, {Key: "dateAdded", Ascending: true}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range samples {
			raw, err := s.Person().Resource(background, one.UUID)
			if err != nil && codeOf(err) != store.CodeNoData {
				t.Fatal(err)
			}
			value := "none"
			if one.Value != nil {
				value = fmt.Sprintf("%b", *one.Value)
			}
			resource := "none"
			if one.FHIR != nil {
				resource = fmt.Sprintf("%+v", *one.FHIR)
			}
			one.UUID, one.Value, one.FHIR = "", nil, nil
			fmt.Fprintf(&b, "%+v value %s resource %s raw %q\n", one, value, resource, raw)
		}
	}
	apps, err := s.Apps(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, app := range apps {
		fmt.Fprintf(&b, "app %+v\n", app)
		for _, id := range []store.TypeID{"stepCount", "heartRate", store.ConditionRecord} {
			samples, err := s.App(app.Origin).Query(background, store.Query{Type: id})
			fmt.Fprintf(&b, "app sees %d of %s, %v\n", len(samples), id, err)
		}
		status, err := s.RequestStatus(background, app.Origin, store.AuthorizationRequest{Read: []store.TypeID{store.ConditionRecord}})
		fmt.Fprintf(&b, "app is at %v, %v\n", status, err)
	}
	order, err := s.SourceOrder(background, "stepCount")
	fmt.Fprintf(&b, "order %v, %v\n", order, err)
	return b.String()
}

// differ reports the lines by which two descriptions differ.
func differ(t testing.TB, what, got, want string) {
	t.Helper()
	inWant, inGot := map[string]int{}, map[string]int{}
	for _, line := range strings.Split(want, "\n") {
		inWant[line]++
	}
	for _, line := range strings.Split(got, "\n") {
		inGot[line]++
		if inGot[line] > inWant[line] {
			t.Errorf("%s: too much: %s", what, line)
		}
	}
	for line, count := range inWant {
		if inGot[line] < count {
			t.Errorf("%s: missing: %s", what, line)
		}
	}
	if got != want && !t.Failed() {
		t.Errorf("%s: in another order", what)
	}
}

func codeOf(err error) store.Code {
	var known *store.Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}

func exported(t testing.TB, s *store.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Export(background, s, &b, passphrase, quick); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func restored(s *store.Store, file []byte, mode Mode) (Report, error) {
	return Restore(background, s, bytes.NewReader(file), int64(len(file)), passphrase, mode, quick)
}

// describeFile returns a file's line in the manifest.
func describeFile(name, content string) File {
	sum := sha256.Sum256([]byte(content))
	file := File{Name: name, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	if strings.HasSuffix(name, ".ndjson") {
		file.Lines = strings.Count(content, "\n")
	}
	return file
}
