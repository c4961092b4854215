package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// sharedData holds public records, beside the repository where it is there.
var sharedData = filepath.Join("..", "..", "..", "shared", "data")

// memFile is a file in memory.
type memFile struct {
	*bytes.Reader
	name string
}

func (f memFile) Name() string { return f.name }

func file(name, text string) protocol.File { return memFile{bytes.NewReader([]byte(text)), name} }

const (
	hemoglobin = `{"resourceType":"Observation","id":"a1c","status":"final",
  "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"4548-4","display":"Hemoglobin A1c"}],"text":"Hemoglobin A1c"},
  "effectiveDateTime":"2025-03-05T10:20:30Z","valueQuantity":{"value":5.40,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}`
	penicillin = `{"resourceType":"AllergyIntolerance","id":"pen","code":{"text":"Penicillin"},"recordedDate":"2019-03",
  "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},
  "patient":{"reference":"Patient/1"}}`
)

// bring imports files as the page does.
func (w *world) bring(files ...protocol.File) intake.Report {
	w.t.Helper()
	var report intake.Report
	_, err := w.page.Call(w.t.Context(), protocol.MethodImport, protocol.ImportOf(files), &report, files...)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

func (w *world) samples(client *protocol.Client, q store.Query) []store.Sample {
	w.t.Helper()
	var result protocol.QueryResult
	w.call(client, protocol.MethodQuery, q, &result)
	return result.Samples
}

func TestThePersonReadsWhatTheyBrought(t *testing.T) {
	w := newWorld(t)
	changed := make(chan protocol.Changed, 10)
	w.page.On(protocol.EventChanged, func(params json.RawMessage) {
		var c protocol.Changed
		w.must(json.Unmarshal(params, &c))
		changed <- c
	})
	report := w.bring(file("records/a1c.json", hemoglobin), file("records/pen.json", penicillin))
	if report.Added != 2 || report.SkippedCount != 0 {
		t.Fatalf("report is %+v", report)
	}
	if types := (<-changed).Types; !slices.Contains(types, labs) {
		t.Errorf("the page was told of %v", types)
	}
	var counts protocol.CountsResult
	w.call(w.page, protocol.MethodCounts, nil, &counts)
	if counts.Counts[labs] != 1 || counts.Counts["allergyRecord"] != 1 {
		t.Errorf("counts are %v", counts.Counts)
	}
	found := w.samples(w.page, store.Query{Type: labs})
	if len(found) != 1 || found[0].DisplayName != "Hemoglobin A1c" {
		t.Fatalf("found %+v", found)
	}
	w.checkRecord(found[0])

	var status protocol.StatusResult
	w.call(w.page, protocol.MethodStatus, nil, &status)
	if status.Records != 2 || status.Locked {
		t.Errorf("status is %+v", status)
	}
	w.call(w.page, protocol.MethodErase, nil, nil)
	if left := w.samples(w.page, store.Query{Type: labs}); len(left) != 0 {
		t.Errorf("%d samples are left after erase", len(left))
	}
}

// checkRecord reads one record in every way that there is.
func (w *world) checkRecord(s store.Sample) {
	w.t.Helper()
	buffers, err := w.page.Call(w.t.Context(), protocol.MethodResource, protocol.ResourceParams{UUID: s.UUID}, nil)
	if err != nil || len(buffers) != 1 || string(buffers[0]) != hemoglobin {
		w.t.Errorf("resource = %s, %v", buffers, err)
	}
	var record protocol.RecordResult
	buffers, err = w.page.Call(w.t.Context(), protocol.MethodRecord, protocol.ResourceParams{UUID: s.UUID}, &record)
	if err != nil || len(buffers) != 1 || record.Sample.UUID != s.UUID || len(record.View.Fields) == 0 {
		w.t.Errorf("record = %+v, %v", record, err)
	}
	var sample store.Sample
	w.call(w.page, protocol.MethodSample, protocol.ResourceParams{UUID: s.UUID}, &sample)
	if sample.UUID != s.UUID {
		w.t.Errorf("sample = %+v", sample)
	}
	for _, method := range []string{protocol.MethodSample, protocol.MethodResource, protocol.MethodRecord} {
		_, err := w.page.Call(w.t.Context(), method, protocol.ResourceParams{UUID: "nothing"}, nil)
		wantCode(w.t, err, store.CodeNoData)
	}
}

// slowFile lets a test act while it is read.
type slowFile struct {
	memFile
	reading func()
}

func (f slowFile) ReadAt(p []byte, offset int64) (int, error) {
	f.reading()
	return f.memFile.ReadAt(p, offset)
}

func TestACanceledImportLeavesNothing(t *testing.T) {
	w := newWorld(t)
	near, far := protocol.Pipe()
	go w.engine.Serve(t.Context(), far, Person())
	canceled := make(chan struct{}) // closed when the engine has taken the cancel
	var once sync.Once
	slow := slowFile{memFile{bytes.NewReader([]byte(penicillin)), "pen.json"}, func() {
		once.Do(func() {
			w.must(near.Send(protocol.Message{JSON: []byte(`{"id":2,"method":"cancel","params":{"request":1}}`)}))
			<-canceled
		})
	}}
	w.must(near.Send(protocol.Message{
		JSON: []byte(`{"id":1,"method":"import"}`), Files: []protocol.File{file("a1c.json", hemoglobin), slow},
	}))
	answers := map[int64]protocol.Response{}
	for len(answers) < 2 {
		r := next(t, near)
		if r.ID == 2 {
			close(canceled)
		}
		if r.ID != 0 { // else an event
			answers[r.ID] = r
		}
	}
	if err := answers[1].Error; err == nil || err.Code != store.CodeUserCanceled {
		t.Errorf("the import ends with %+v", answers[1])
	}
	var counts protocol.CountsResult
	w.call(w.page, protocol.MethodCounts, nil, &counts)
	if len(counts.Counts) != 0 {
		t.Errorf("after a canceled import there are %v", counts.Counts)
	}
}

func TestImportTellsProgress(t *testing.T) {
	w := newWorld(t)
	told := 0
	_, err := w.page.Do(t.Context(), protocol.Exchange{
		Method: protocol.MethodImport, Files: []protocol.File{file("folder/pen.json", penicillin)},
		Params: protocol.ImportParams{Names: []string{"folder/pen.json"}},
		Progress: func(params json.RawMessage) {
			var p protocol.Progress
			w.must(json.Unmarshal(params, &p))
			if p.TotalBytes < p.Bytes || p.Phase == "" {
				t.Errorf("progress is %+v", p)
			}
			told++
		},
	})
	if err != nil || told == 0 {
		t.Errorf("import told %d times, %v", told, err)
	}
}

func TestBadImports(t *testing.T) {
	w := newWorld(t)
	_, err := w.page.Call(t.Context(), protocol.MethodImport, nil, nil)
	wantCode(t, err, store.CodeInvalidArgument)
	_, err = w.page.Call(t.Context(), protocol.MethodImport, protocol.ImportParams{Names: []string{"a", "b"}}, nil, file("a", "{}"))
	wantCode(t, err, store.CodeInvalidArgument)
}

func TestAPortalReadsWhatItWasGranted(t *testing.T) {
	w := newWorld(t)
	w.bring(file("a1c.json", hemoglobin), file("pen.json", penicillin))
	portal := w.portal(portalOrigin)
	done := w.ask(portal, read(labs, "allergyRecord"))
	w.answer(store.Answer{Read: []store.TypeID{labs}})
	w.must(<-done)

	found := w.samples(portal, store.Query{Type: labs, Limit: 100, Sort: []store.Sort{{Key: "startDate"}}})
	if len(found) != 1 || found[0].FHIR == nil || found[0].FHIR.Identifier != "a1c" {
		t.Fatalf("found %+v", found)
	}
	buffers, err := portal.Call(t.Context(), protocol.MethodResource, protocol.ResourceParams{UUID: found[0].UUID}, nil)
	if err != nil || string(buffers[0]) != hemoglobin {
		t.Errorf("resource = %s, %v", buffers, err)
	}
	if denied := w.samples(portal, store.Query{Type: "allergyRecord"}); len(denied) != 0 {
		t.Errorf("a denied type gave %d samples", len(denied))
	}
	allergy := w.samples(w.page, store.Query{Type: "allergyRecord"})[0]
	_, err = portal.Call(t.Context(), protocol.MethodResource, protocol.ResourceParams{UUID: allergy.UUID}, nil)
	wantCode(t, err, store.CodeNoData)

	w.call(w.page, protocol.MethodRevoke, protocol.RevokeParams{Origin: portalOrigin, Types: []store.TypeID{labs}}, nil)
	if after := w.samples(portal, store.Query{Type: labs}); len(after) != 0 {
		t.Error("the open connection still reads what was revoked")
	}
	var apps protocol.AppsResult
	w.call(w.page, protocol.MethodApps, nil, &apps)
	if len(apps.Apps) != 1 || apps.Apps[0].Origin != portalOrigin {
		t.Errorf("apps are %+v", apps.Apps)
	}
}

// A revocation overtakes a read that is under way: what it found goes nowhere.
func TestARevocationOvertakesARead(t *testing.T) {
	w := newWorld(t)
	w.bring(file("a1c.json", hemoglobin))
	portal := w.portal(portalOrigin)
	done := w.ask(portal, read(labs))
	w.answer(store.Answer{Read: []store.TypeID{labs}})
	w.must(<-done)

	first := true
	w.engine.appMethods["slow"] = on(func(ctx context.Context, c *call, q store.Query) (reply, error) {
		found, err := granted(ctx, c, func(client *store.Client) ([]store.Sample, error) {
			found, err := client.Query(ctx, q)
			if first {
				first = false
				w.call(w.page, protocol.MethodRevoke, protocol.RevokeParams{Origin: portalOrigin}, nil)
			}
			return found, err
		})
		return reply{result: protocol.QueryResult{Samples: found}}, err
	})
	var result protocol.QueryResult
	w.call(portal, "slow", store.Query{Type: labs}, &result)
	if len(result.Samples) != 0 {
		t.Error("a read that began before the revocation ended after it with records")
	}
}

func TestAPortalWrites(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	value := 120.0
	samples := protocol.SaveParams{Samples: []store.Sample{{Type: steps, StartDate: 1_700_000_000_000, EndDate: 1_700_000_060_000, Value: &value, Unit: "count"}}}
	_, err := portal.Call(t.Context(), protocol.MethodSave, samples, nil)
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	done := w.ask(portal, store.AuthorizationRequest{ToShare: []store.TypeID{steps}})
	w.answer(store.Answer{Share: []store.TypeID{steps}})
	w.must(<-done)
	var saved protocol.SaveResult
	w.call(portal, protocol.MethodSave, samples, &saved)
	if found := w.samples(portal, store.Query{Type: steps}); len(saved.UUIDs) != 1 || len(found) != 1 || found[0].UUID != saved.UUIDs[0] {
		t.Fatalf("saved %v, found %+v", saved.UUIDs, found)
	}
	var status protocol.ShareStatusResult
	w.call(portal, protocol.MethodAuthorizationStatus, protocol.TypeParams{Type: steps}, &status)
	if status.Status != "sharingAuthorized" {
		t.Errorf("status is %s", status.Status)
	}
	w.call(portal, protocol.MethodDelete, protocol.DeleteParams(saved), nil)
	var changes protocol.AnchoredResult
	w.call(portal, protocol.MethodAnchored, store.AnchoredQuery{Type: steps}, &changes)
	if len(changes.Samples) != 0 {
		t.Errorf("after the delete there are %+v", changes)
	}
}

// Whole public records go through the port and come back byte for byte.
func TestPublicRecordsThroughThePort(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole records")
	}
	names, err := filepath.Glob(filepath.Join(sharedData, "synthea-r4", "*.json"))
	if err != nil || len(names) == 0 {
		t.Skip("../shared/data is not here")
	}
	w := newWorld(t)
	var files []protocol.File
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, memFile{bytes.NewReader(content), filepath.Base(name)})
	}
	report := w.bring(files...)
	t.Logf("%d files: %d added, %d replaced, %d unchanged, %d skipped", report.Files, report.Added, report.Replaced, report.Unchanged, report.SkippedCount)
	checked := 0
	for id := range report.ByType {
		for _, s := range w.samples(w.page, store.Query{Type: id, Limit: 50}) {
			if s.FHIR == nil {
				continue
			}
			buffers, err := w.page.Call(t.Context(), protocol.MethodRecord, protocol.ResourceParams{UUID: s.UUID}, nil)
			if err != nil || len(buffers) != 1 || !inFiles(files, buffers[0]) {
				t.Fatalf("%s: a record did not come back as it went in: %v", id, err)
			}
			checked++
		}
	}
	if checked == 0 {
		t.Error("nothing was checked")
	}
}

func inFiles(files []protocol.File, raw []byte) bool {
	for _, f := range files {
		content, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
		if err == nil && bytes.Contains(content, raw) {
			return true
		}
	}
	return false
}
