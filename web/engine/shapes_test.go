package engine

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/web/protocol"
)

var update = flag.Bool("update", false, "write the golden files")

type shape struct{ params, result any }

var shapes = map[string]shape{
	protocol.MethodQuery:        {store.Query{}, protocol.QueryResult{}},
	protocol.MethodSources:      {protocol.SourcesParams{}, protocol.SourcesResult{}},
	protocol.MethodAnchored:     {store.AnchoredQuery{}, protocol.AnchoredResult{}},
	protocol.MethodSave:         {protocol.SaveParams{}, protocol.SaveResult{}},
	protocol.MethodDelete:       {protocol.DeleteParams{}, protocol.Empty{}},
	protocol.MethodResource:     {protocol.ResourceParams{}, protocol.ResourceResult{}},
	protocol.MethodImport:       {protocol.ImportParams{}, intake.Report{}},
	protocol.MethodImportSample: {protocol.Empty{}, intake.Report{}},
	protocol.MethodCounts:       {protocol.Empty{}, protocol.CountsResult{}},
	protocol.MethodCatalogue:    {protocol.Empty{}, protocol.CatalogueResult{}},
	protocol.MethodSample:       {protocol.ResourceParams{}, store.Sample{}},
	protocol.MethodRecord:       {protocol.ResourceParams{}, protocol.RecordResult{}},
	protocol.MethodStatus:       {protocol.Empty{}, protocol.StatusResult{}},
	protocol.MethodErase:        {protocol.Empty{}, protocol.Empty{}},
	protocol.MethodApps:         {protocol.Empty{}, protocol.AppsResult{}},
	protocol.MethodRevoke:       {protocol.RevokeParams{}, protocol.Empty{}},
	protocol.MethodSetGrant:     {protocol.SetGrantParams{}, protocol.Empty{}},
	protocol.MethodAttach:       {protocol.AttachParams{}, protocol.Empty{}},
	protocol.MethodAnswer:       {protocol.AnswerParams{}, protocol.Empty{}},

	protocol.MethodStatistics:           {store.StatisticsQuery{}, store.StatisticsResult{}},
	protocol.MethodStatisticsCollection: {store.StatisticsCollectionQuery{}, store.StatisticsCollectionResult{}},
	protocol.MethodSourceOrder:          {protocol.TypeParams{}, protocol.SourcesResult{}},
	protocol.MethodSetSourceOrder:       {protocol.SourceOrderParams{}, protocol.Empty{}},

	protocol.MethodMethods:         {protocol.Empty{}, protocol.MethodsResult{}},
	protocol.MethodUnlock:          {protocol.Secret{}, protocol.Empty{}},
	protocol.MethodLock:            {protocol.LockParams{}, protocol.Empty{}},
	protocol.MethodLeave:           {protocol.Empty{}, protocol.Empty{}},
	protocol.MethodAddMethod:       {protocol.AddMethodParams{}, protocol.MethodsResult{}},
	protocol.MethodRemoveMethod:    {protocol.RemoveMethodParams{}, protocol.MethodsResult{}},
	protocol.MethodNewRecoveryCode: {protocol.Empty{}, protocol.RecoveryCodeResult{}},
	protocol.MethodCanary:          {store.Canary{}, protocol.Empty{}},
	protocol.MethodAccept:          {protocol.Empty{}, protocol.Empty{}},
	protocol.MethodTouch:           {protocol.TouchParams{}, protocol.Empty{}},
	protocol.MethodAccessLog:       {protocol.Empty{}, protocol.AccessLogResult{}},

	protocol.MethodExport:        {protocol.ExportParams{}, protocol.ExportResult{}},
	protocol.MethodInspectBackup: {protocol.InspectParams{}, backup.Summary{}},
	protocol.MethodRestore:       {protocol.RestoreParams{}, backup.Report{}},
	protocol.MethodBackupState:   {protocol.Empty{}, store.BackupState{}},

	protocol.MethodHello:                {store.AppDescription{}, protocol.HelloResult{}},
	protocol.MethodBye:                  {protocol.Empty{}, protocol.Empty{}},
	protocol.MethodRequestStatus:        {store.AuthorizationRequest{}, protocol.RequestStatusResult{}},
	protocol.MethodRequestAuthorization: {store.AuthorizationRequest{}, protocol.Empty{}},
	protocol.MethodAuthorizationStatus:  {protocol.TypeParams{}, protocol.ShareStatusResult{}},
	protocol.MethodEarliestDates:        {protocol.TypesParams{}, protocol.EarliestDatesResult{}},
	protocol.MethodFetch:                {protocol.FetchParams{}, protocol.FetchResult{}},
	protocol.MethodObserve:              {protocol.ObserveParams{}, protocol.ObserveResult{}},
	protocol.MethodUnobserve:            {protocol.UnobserveParams{}, protocol.Empty{}},
}

var eventShapes = map[string]any{
	protocol.EventProgress:    protocol.Progress{},
	protocol.EventChanged:     protocol.Changed{},
	protocol.EventAsking:      protocol.Asking{},
	protocol.EventAskingEnded: protocol.AskingEnded{},
	protocol.EventDetached:    protocol.AttachParams{},
	protocol.EventLocked:      protocol.Locked{},
	protocol.EventObserved:    protocol.Observed{},
	protocol.EventLeft:        protocol.Left{},
	protocol.EventCanary:      store.Canary{},
}

// The names that cross a port are a promise to portals and to pages of another
// version: the golden file shows what a change does to them.
func TestShapesOnTheWire(t *testing.T) {
	e := New(Options{})
	for _, table := range []map[string]method{e.personMethods, e.appMethods} {
		for name := range table {
			if _, ok := shapes[name]; !ok {
				t.Errorf("method %s has no shape here", name)
			}
		}
	}
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		fmt.Fprintf(&text, "%s\n  %s\n  -> %s\n", name, example(t, shapes[name].params), example(t, shapes[name].result))
	}
	for _, name := range slices.Sorted(maps.Keys(eventShapes)) {
		fmt.Fprintf(&text, "event %s\n  %s\n", name, example(t, eventShapes[name]))
	}
	golden := filepath.Join("testdata", "shapes.golden")
	if *update {
		if err := os.WriteFile(golden, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text.Bytes(), want) {
		t.Errorf("the shapes differ from %s; look at the difference after go test ./web/engine -run Shapes -update\n%s", golden, text.Bytes())
	}
}

// example writes a value of the same type with every field set.
func example(t *testing.T, value any) []byte {
	t.Helper()
	full := reflect.New(reflect.TypeOf(value)).Elem()
	fill(full, 2)
	text, err := json.Marshal(full.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fill sets what JSON would leave out; types that hold themselves end at depth.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth-1)
		}
	case reflect.Map:
		key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth)
		fill(element, depth)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, element)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth)
		}
	}
}
