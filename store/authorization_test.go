package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

const portal = "https://portal.example"

// described says enough of an app for every request.
var described = store.AppDescription{
	Name: "Portal",
	Usage: store.Usage{
		Share: "to show your steps", Update: "to keep your steps", Clinical: "to show your records",
	},
	Purpose:       store.PurposeSelfTracking,
	PrivacyPolicy: "https://portal.example/privacy",
}

type types = []store.TypeID

// answer asks and answers for an app.
func answer(t testing.TB, s *store.Store, origin string, r store.AuthorizationRequest, a store.Answer) {
	t.Helper()
	ask(t, s, origin, r)
	if err := s.Answer(background, origin, r, a); err != nil {
		t.Fatal(err)
	}
}

func ask(t testing.TB, s *store.Store, origin string, r store.AuthorizationRequest) *store.Asking {
	t.Helper()
	asking, err := s.Ask(background, origin, described, r)
	if err != nil {
		t.Fatal(err)
	}
	return asking
}

// states are the rows of the matrix in healthkit-semantics.md for one fitness
// type, of which the store holds samples of the phone at 1000 and at 5000, and
// one of the app itself at 3000 where it could save one.
var states = []struct {
	name    string
	asked   store.AuthorizationRequest
	answer  store.Answer
	revoke  bool
	locked  bool
	query   []int64    // starts seen, newest first
	queried store.Code // or the error
	saved   store.Code
	share   store.ShareStatus
	request store.RequestStatus // for reading and sharing the type
}{
	{
		name:    "never asked",
		queried: store.CodeAuthorizationNotDetermined, saved: store.CodeAuthorizationNotDetermined,
		share: store.ShareNotDetermined, request: store.RequestShouldRequest,
	}, {
		name:    "asked for another type",
		asked:   store.AuthorizationRequest{Read: types{"heartRate"}, ToShare: types{"heartRate"}},
		answer:  store.Answer{Read: types{"heartRate"}, Share: types{"heartRate"}},
		queried: store.CodeAuthorizationNotDetermined, saved: store.CodeAuthorizationNotDetermined,
		share: store.ShareNotDetermined, request: store.RequestShouldRequest,
	}, {
		name:   "read and share",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer: store.Answer{Read: types{"stepCount"}, Share: types{"stepCount"}},
		query:  []int64{5000, 3000, 1000},
		share:  store.ShareSharingAuthorized, request: store.RequestUnnecessary,
	}, {
		name:   "read only",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer: store.Answer{Read: types{"stepCount"}},
		query:  []int64{5000, 3000, 1000}, saved: store.CodeAuthorizationDenied,
		share: store.ShareSharingDenied, request: store.RequestUnnecessary,
	}, {
		name:   "read only, never asked to share",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}},
		answer: store.Answer{Read: types{"stepCount"}},
		query:  []int64{5000, 3000, 1000}, saved: store.CodeAuthorizationDenied,
		share: store.ShareNotDetermined, request: store.RequestShouldRequest,
	}, {
		name:   "share only",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer: store.Answer{Share: types{"stepCount"}},
		query:  []int64{3000},
		share:  store.ShareSharingAuthorized, request: store.RequestUnnecessary,
	}, {
		name:   "share only, never asked to read",
		asked:  store.AuthorizationRequest{ToShare: types{"stepCount"}},
		answer: store.Answer{Share: types{"stepCount"}},
		query:  []int64{3000},
		share:  store.ShareSharingAuthorized, request: store.RequestShouldRequest,
	}, {
		name:  "neither",
		asked: store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		query: []int64{3000}, saved: store.CodeAuthorizationDenied,
		share: store.ShareSharingDenied, request: store.RequestUnnecessary,
	}, {
		name:   "revoked",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer: store.Answer{Read: types{"stepCount"}, Share: types{"stepCount"}},
		revoke: true,
		query:  []int64{3000}, saved: store.CodeAuthorizationDenied,
		share: store.ShareSharingDenied, request: store.RequestUnnecessary,
	}, {
		name:   "limited window",
		asked:  store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer: store.Answer{Read: types{"stepCount"}, Share: types{"stepCount"}, HistoryStart: 4000},
		query:  []int64{5000, 3000},
		share:  store.ShareSharingAuthorized, request: store.RequestUnnecessary,
	}, {
		name:    "locked",
		asked:   store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}},
		answer:  store.Answer{Read: types{"stepCount"}, Share: types{"stepCount"}},
		locked:  true,
		queried: store.CodeDatabaseInaccessible, saved: store.CodeDatabaseInaccessible,
		share: store.ShareSharingAuthorized, request: store.RequestUnnecessary,
	}, {
		name:    "never asked, locked",
		locked:  true,
		queried: store.CodeAuthorizationNotDetermined, saved: store.CodeAuthorizationNotDetermined,
		share: store.ShareNotDetermined, request: store.RequestShouldRequest,
	},
}

// inState makes a store in a state of the matrix.
func inState(t *testing.T, n int) *store.Store {
	state := states[n]
	backend := mem.New()
	s := open(t, backend)
	importSamples(t, s, steps(phone, 1000, 1000, 1), steps(phone, 5000, 5000, 5))
	all := store.AuthorizationRequest{ToShare: types{"stepCount"}}
	if state.queried == "" { // the app saved while it was allowed to
		answer(t, s, portal, all, store.Answer{Share: types{"stepCount"}})
		if _, err := s.App(portal).Save(background, []store.Sample{steps(phone, 3000, 3000, 3)}); err != nil {
			t.Fatal(err)
		}
		// What was decided for this is forgotten by asking anew on a fresh store
		// that has the same records.
		forgetGrants(t, backend)
	}
	if len(state.asked.Read)+len(state.asked.ToShare) > 0 {
		answer(t, s, portal, state.asked, state.answer)
	}
	if state.revoke {
		if err := s.Revoke(background, portal); err != nil {
			t.Fatal(err)
		}
	}
	if state.locked {
		s.Lock()
	}
	return s
}

func forgetGrants(t *testing.T, backend store.Backend) {
	t.Helper()
	err := backend.Apply(background, store.Batch{Delete: []store.Range{{From: "app/", To: "app0"}}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMatrix(t *testing.T) {
	for n, state := range states {
		t.Run(state.name, func(t *testing.T) {
			s := inState(t, n)
			app := s.App(portal)

			samples, err := app.Query(background, store.Query{Type: "stepCount"})
			wantCode(t, err, state.queried)
			if got := startsOf(samples); !slices.Equal(got, state.query) {
				t.Errorf("query sees %v, want %v", got, state.query)
			}
			sources, err := app.Sources(background, "stepCount")
			wantCode(t, err, state.queried)
			if want := sourcesOf(state.query); !slices.Equal(namesOf(sources), want) {
				t.Errorf("sources %v, want %v", namesOf(sources), want)
			}
			changes, err := app.Anchored(background, store.AnchoredQuery{Type: "stepCount"})
			wantCode(t, err, state.queried)
			if len(changes.Samples) != len(state.query) || len(changes.Deleted) != 0 {
				t.Errorf("anchored sees %+v, want %v", changes, state.query)
			}
			_, err = app.Save(background, []store.Sample{steps(phone, 3500, 3500, 3)})
			wantCode(t, err, state.saved)

			share, err := s.ShareStatus(background, portal, "stepCount")
			if err != nil || share != state.share {
				t.Errorf("share status %d, %v; want %d", share, err, state.share)
			}
			request, err := s.RequestStatus(background, portal,
				store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}})
			if err != nil || request != state.request {
				t.Errorf("request status %d, %v; want %d", request, err, state.request)
			}
		})
	}
}

// TestMatrixByUUID checks that the calls which name an object obey the matrix
// too, and that what is not seen looks like what is not there.
func TestMatrixByUUID(t *testing.T) {
	for n, state := range states {
		if state.locked {
			continue
		}
		t.Run(state.name, func(t *testing.T) {
			s := inState(t, n)
			for _, sample := range query(t, s.Person(), store.Query{Type: "stepCount"}) {
				_, err := s.App(portal).Sample(background, sample.UUID)
				want := store.CodeNoData
				if slices.Contains(state.query, sample.StartDate) {
					want = ""
				}
				wantCode(t, err, want)
				if err != nil && err.Error() != unknownUUID(t, s).Error() {
					t.Errorf("%q tells that the object is there", err)
				}
			}
		})
	}
}

func unknownUUID(t *testing.T, s *store.Store) error {
	t.Helper()
	_, err := s.App(portal).Sample(background, "01234567-89ab-8def-8123-456789abcdef")
	wantCode(t, err, store.CodeNoData)
	return err
}

func startsOf(samples []store.Sample) []int64 {
	var starts []int64
	for _, sample := range samples {
		starts = append(starts, sample.StartDate)
	}
	return starts
}

func namesOf(sources []store.Source) []string {
	var names []string
	for _, source := range sources {
		names = append(names, source.Name)
	}
	return names
}

// sourcesOf returns the names of the sources of the samples with these starts.
func sourcesOf(starts []int64) []string {
	var names []string
	if slices.Contains(starts, 1000) || slices.Contains(starts, 5000) {
		names = append(names, "Phone")
	}
	if slices.Contains(starts, 3000) {
		names = append(names, "Portal")
	}
	slices.Sort(names)
	return names
}

// TestDenialLooksEmpty compares what an app learns where it was denied with what
// it learns where there is no data, observable by observable.
func TestDenialLooksEmpty(t *testing.T) {
	request := store.AuthorizationRequest{
		Read: types{"stepCount", store.ConditionRecord}, ToShare: types{"stepCount"},
	}
	learn := func(read bool, data bool) string {
		s := open(t, mem.New())
		fillIn := func(n int64) {
			if data {
				importSamples(t, s, steps(phone, n, n, 1))
				importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", n})
			}
		}
		a := store.Answer{FutureRecords: store.FutureAlways}
		if read {
			a.Read = request.Read
		}
		fillIn(1)
		answer(t, s, portal, request, a)
		log := ""
		for n := range int64(2) {
			for _, id := range request.Read {
				log += learnOf(t, s, id)
			}
			fillIn(10 + n)
		}
		return log
	}
	empty, refused := learn(true, false), learn(false, true)
	if empty != refused {
		t.Errorf("empty:\n%s\ndenied:\n%s", empty, refused)
	}
}

// learnOf prints all that an app can observe of a type.
func learnOf(t *testing.T, s *store.Store, id store.TypeID) string {
	app := s.App(portal)
	samples, queryErr := app.Query(background, store.Query{Type: id})
	sources, sourcesErr := app.Sources(background, id)
	changes, anchoredErr := app.Anchored(background, store.AnchoredQuery{Type: id})
	again, againErr := app.Anchored(background, store.AnchoredQuery{Type: id, Anchor: changes.Anchor})
	status, statusErr := s.RequestStatus(background, portal, store.AuthorizationRequest{Read: types{id}})
	share, shareErr := s.ShareStatus(background, portal, id)
	return fmt.Sprintln(samples, queryErr, sources, sourcesErr, changes, anchoredErr, again, againErr,
		status, statusErr, share, shareErr)
}

// TestAnchorsTellNothing checks that an app's anchors stay while only what it
// can't see changes, its own access included.
func TestAnchorsTellNothing(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{Read: request.Read})
	anchor := func(since string) string {
		result, err := s.App(portal).Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: since})
		if err != nil {
			t.Fatal(err)
		}
		return result.Anchor
	}
	first, started := anchor(""), anchor("")
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1})
	s.Revoke(background, portal)
	importSamples(t, s, steps(phone, 1, 1, 1))
	if anchor(first) != first || anchor("") != started {
		t.Error("an anchor moved with what the app can't see")
	}
}

func TestFutureRecords(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{store.ConditionRecord, store.ProcedureRecord}}
	status := func() store.RequestStatus {
		status, err := s.RequestStatus(background, portal, request)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	seen := func() []string {
		return idsOf(query(t, s.App(portal), store.Query{Type: store.ConditionRecord}))
	}
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1})
	answer(t, s, portal, request, store.Answer{Read: types{store.ConditionRecord}}) // ask is the default
	if status() != store.RequestUnnecessary {
		t.Error("a sheet would show though nothing is new")
	}
	importRecords(t, s, record{clinicA, "Procedure", "1", "", 1}) // of a type that was denied
	if status() != store.RequestUnnecessary {
		t.Error("a denied type calls for a sheet")
	}
	importRecords(t, s, record{clinicA, "Condition", "2", "", 2})
	if got := seen(); !slices.Equal(got, []string{"1"}) {
		t.Errorf("sees %v after new records came", got)
	}
	if status() != store.RequestShouldRequest || !ask(t, s, portal, request).Needed {
		t.Error("new records don't call for a sheet")
	}
	answer(t, s, portal, request, store.Answer{Read: types{store.ConditionRecord}, FutureRecords: store.FutureAlways})
	importRecords(t, s, record{clinicA, "Condition", "3", "", 3})
	if got := seen(); !slices.Equal(got, []string{"3", "2", "1"}) || status() != store.RequestUnnecessary {
		t.Errorf("sees %v, status %d after sharing always", got, status())
	}
	// A record that is replaced counts as new: the person has not seen it.
	answer(t, s, portal, request, store.Answer{Read: types{store.ConditionRecord}, FutureRecords: store.FutureAsk})
	importRecords(t, s, record{clinicA, "Condition", "3", "corrected", 3})
	if got := seen(); !slices.Equal(got, []string{"2", "1"}) || status() != store.RequestShouldRequest {
		t.Errorf("sees %v, status %d after a correction", got, status())
	}
}

// TestFrozenFitness checks that the choice for future records is of clinical
// types only.
func TestFrozenFitness(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{Read: request.Read, FutureRecords: store.FutureAsk})
	importSamples(t, s, steps(phone, 1, 1, 1))
	if len(query(t, s.App(portal), store.Query{Type: "stepCount"})) != 1 {
		t.Error("new steps are not shared")
	}
}

func TestRequired(t *testing.T) {
	three := types{store.ConditionRecord, store.ProcedureRecord, store.ImmunizationRecord}
	request := store.AuthorizationRequest{Read: append(types{"stepCount"}, three...), Required: three}
	s := open(t, mem.New())
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1})
	sees := func() int { return len(query(t, s.App(portal), store.Query{Type: store.ConditionRecord})) }

	ask(t, s, portal, request)
	refusal := s.Answer(background, portal, request, store.Answer{Read: append(types{"stepCount"}, three[:2]...)})
	wantCode(t, refusal, store.CodeRequiredAuthorizationDenied)
	if sees() != 0 {
		t.Error("a required type is readable though another was denied")
	}
	_, err := s.Ask(background, portal, described, request)
	wantCode(t, err, store.CodeRequiredAuthorizationDenied)
	if err.Error() != refusal.Error() {
		t.Errorf("%q and %q differ", err, refusal)
	}
	apps, _ := s.Apps(background)
	for _, grant := range apps[0].Grants {
		if grant.Read != (grant.Type == "stepCount") {
			t.Errorf("the person is shown %+v", grant)
		}
	}

	varied := request
	varied.Required = append(types{store.AllergyRecord}, three[:2]...)
	varied.Read = append(types{store.AllergyRecord}, three...)
	_, err = s.Ask(background, portal, described, varied)
	wantCode(t, err, store.CodeInvalidArgument)

	other := "https://other.example"
	answer(t, s, other, request, store.Answer{Read: request.Read})
	if n := len(query(t, s.App(other), store.Query{Type: store.ConditionRecord})); n != 1 {
		t.Errorf("%d records with all required types granted", n)
	}
	s.Revoke(background, other, store.ProcedureRecord)
	if n := len(query(t, s.App(other), store.Query{Type: store.ConditionRecord})); n != 0 {
		t.Errorf("%d records after a required type was revoked", n)
	}
}

func TestPerObject(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	for _, name := range []string{"one", "two"} {
		im.AddDocument(background, store.Sample{Type: "cdaDocument", Source: clinicA, SyncIdentifier: name}, []byte(name))
	}
	commit(t, im)
	documents := query(t, s.Person(), store.Query{Type: "cdaDocument"})
	request := store.AuthorizationRequest{Read: types{"cdaDocument"}}
	for _, pick := range []int{0, 1} {
		if !ask(t, s, portal, request).Needed {
			t.Error("picking objects needs no sheet")
		}
		answer(t, s, portal, request, store.Answer{Read: request.Read, Objects: []string{documents[pick].UUID}})
		got := query(t, s.App(portal), store.Query{Type: "cdaDocument"})
		if len(got) != 1 || got[0].UUID != documents[pick].UUID {
			t.Errorf("pick %d shares %d objects", pick, len(got))
		}
	}
	answer(t, s, portal, request, store.Answer{Read: request.Read})
	if n := len(query(t, s.App(portal), store.Query{Type: "cdaDocument"})); n != 0 {
		t.Errorf("picking nothing shares %d objects", n)
	}
	bad := store.Answer{Read: request.Read, Objects: []string{"x"}}
	wantCode(t, s.Answer(background, portal, request, bad), store.CodeInvalidArgument)
}

func TestRequestErrors(t *testing.T) {
	clinical := types{store.ConditionRecord}
	without := func(change func(*store.AppDescription)) store.AppDescription {
		app := described
		change(&app)
		return app
	}
	read, share := store.AuthorizationRequest{Read: types{"stepCount"}}, store.AuthorizationRequest{ToShare: types{"stepCount"}}
	for name, test := range map[string]struct {
		origin  string
		app     store.AppDescription
		request store.AuthorizationRequest
		code    store.Code
		text    string // in the error
	}{
		"nothing":                     {portal, described, store.AuthorizationRequest{}, store.CodeInvalidArgument, ""},
		"unknown to read":             {portal, described, store.AuthorizationRequest{Read: types{"x"}}, store.CodeInvalidArgument, ""},
		"unknown to share":            {portal, described, store.AuthorizationRequest{ToShare: types{"x"}}, store.CodeInvalidArgument, ""},
		"clinical to share":           {portal, described, store.AuthorizationRequest{ToShare: clinical}, store.CodeInvalidArgument, ""},
		"other to share":              {portal, described, store.AuthorizationRequest{ToShare: types{store.OtherRecord}}, store.CodeInvalidArgument, ""},
		"read-only to share":          {portal, described, store.AuthorizationRequest{ToShare: types{"appleExerciseTime"}}, store.CodeInvalidArgument, ""},
		"per-object to share":         {portal, described, store.AuthorizationRequest{ToShare: types{"visionPrescription"}}, store.CodeInvalidArgument, ""},
		"two required":                {portal, described, store.AuthorizationRequest{Read: types{store.ConditionRecord, store.ProcedureRecord}, Required: types{store.ConditionRecord, store.ProcedureRecord}}, store.CodeInvalidArgument, ""},
		"one required thrice":         {portal, described, store.AuthorizationRequest{Read: clinical, Required: types{store.ConditionRecord, store.ConditionRecord, store.ConditionRecord}}, store.CodeInvalidArgument, ""},
		"required, not read":          {portal, described, store.AuthorizationRequest{Read: clinical, Required: types{store.ConditionRecord, store.ProcedureRecord, store.AllergyRecord}}, store.CodeInvalidArgument, ""},
		"required fitness":            {portal, described, store.AuthorizationRequest{Read: types{"stepCount", "heartRate", "height"}, Required: types{"stepCount", "heartRate", "height"}}, store.CodeInvalidArgument, ""},
		"no share text":               {portal, without(func(a *store.AppDescription) { a.Usage.Share = " " }), read, store.CodeUsageDescriptionMissing, "NSHealthShareUsageDescription"},
		"no update text":              {portal, without(func(a *store.AppDescription) { a.Usage.Update = "" }), share, store.CodeUsageDescriptionMissing, "NSHealthUpdateUsageDescription"},
		"no clinical text":            {portal, without(func(a *store.AppDescription) { a.Usage.Clinical = "" }), store.AuthorizationRequest{Read: clinical}, store.CodeUsageDescriptionMissing, "NSHealthClinicalHealthRecordsShareUsageDescription"},
		"no policy":                   {portal, without(func(a *store.AppDescription) { a.PrivacyPolicy = "" }), store.AuthorizationRequest{Read: clinical}, store.CodeUsageDescriptionMissing, "privacyPolicy"},
		"policy over http":            {portal, without(func(a *store.AppDescription) { a.PrivacyPolicy = "http://portal.example/" }), read, store.CodeInvalidArgument, ""},
		"policy is a script":          {portal, without(func(a *store.AppDescription) { a.PrivacyPolicy = "javascript:alert(1)" }), read, store.CodeInvalidArgument, ""},
		"no purpose":                  {portal, without(func(a *store.AppDescription) { a.Purpose = "" }), read, store.CodeInvalidArgument, ""},
		"advertising":                 {portal, without(func(a *store.AppDescription) { a.Purpose = "advertising" }), read, store.CodeInvalidArgument, ""},
		"no name":                     {portal, without(func(a *store.AppDescription) { a.Name = "" }), read, store.CodeInvalidArgument, ""},
		"long name":                   {portal, without(func(a *store.AppDescription) { a.Name = string(make([]byte, 300)) }), read, store.CodeInvalidArgument, ""},
		"opaque origin":               {"null", described, read, store.CodeHealthDataRestricted, ""},
		"origin over http":            {"http://portal.example", described, read, store.CodeHealthDataRestricted, ""},
		"origin with a path":          {"https://portal.example/", described, read, store.CodeHealthDataRestricted, ""},
		"no origin":                   {"", described, read, store.CodeHealthDataRestricted, ""},
		"file origin":                 {"file://", described, read, store.CodeHealthDataRestricted, ""},
		"local development":           {"http://localhost:8081", described, read, "", ""},
		"reading needs no write text": {portal, without(func(a *store.AppDescription) { a.Usage.Update, a.Usage.Clinical = "", "" }), read, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, mem.New())
			_, err := s.Ask(background, test.origin, test.app, test.request)
			wantCode(t, err, test.code)
			if err != nil && test.text != "" && err.Error() != string(test.code)+": "+test.text+" is missing" {
				t.Errorf("%q does not name %s", err, test.text)
			}
			if apps, _ := s.Apps(background); (err == nil) != (len(apps) == 1) {
				t.Errorf("%d apps listed", len(apps))
			}
		})
	}
}

func TestAnswerErrors(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"heartRate"}}
	wantCode(t, s.Answer(background, portal, request, store.Answer{}), store.CodeInvalidArgument) // never asked
	ask(t, s, portal, request)
	for name, test := range map[string]struct {
		answer store.Answer
		code   store.Code
	}{
		"canceled":        {store.Answer{Read: request.Read, Canceled: true}, store.CodeUserCanceled},
		"other to read":   {store.Answer{Read: types{"heartRate"}}, store.CodeInvalidArgument},
		"other to share":  {store.Answer{Share: types{"stepCount"}}, store.CodeInvalidArgument},
		"unknown future":  {store.Answer{FutureRecords: "never"}, store.CodeInvalidArgument},
		"impossible date": {store.Answer{HistoryStart: 1 << 62}, store.CodeInvalidArgument},
	} {
		wantCode(t, s.Answer(background, portal, request, test.answer), test.code)
		if status, _ := s.RequestStatus(background, portal, request); status != store.RequestShouldRequest {
			t.Errorf("%s: something was decided", name)
		}
	}
	apps, err := s.Apps(background)
	if err != nil || len(apps) != 1 || apps[0].Origin != portal || len(apps[0].Grants) != 0 {
		t.Errorf("apps %+v, %v", apps, err)
	}
}

func TestApps(t *testing.T) {
	backend := mem.New()
	now := clock(1000)
	s := open(t, backend, func(o *store.Options) { o.Now = now.now })
	request := store.AuthorizationRequest{
		Read: types{"stepCount", "heartRate", store.ConditionRecord}, ToShare: types{"stepCount"},
	}
	answer(t, s, portal, request, store.Answer{Read: types{"stepCount", store.ConditionRecord}, Share: types{"stepCount"}, HistoryStart: 7})
	answer(t, s, "https://denied.example", request, store.Answer{})
	now = 2000
	ask(t, s, portal, request)

	apps, err := open(t, backend).Apps(background)
	if err != nil || len(apps) != 2 {
		t.Fatalf("apps %+v, %v", apps, err)
	}
	want := store.App{
		Origin: portal, Description: described, FirstAsked: 1000, LastAsked: 2000,
		Grants: []store.Grant{
			{Type: store.ConditionRecord, Read: true, AskedRead: true, Future: store.FutureAsk, HistoryStart: 7},
			{Type: "stepCount", Read: true, Share: true, AskedRead: true, AskedShare: true, HistoryStart: 7},
			{Type: "heartRate", AskedRead: true},
		},
	}
	if fmt.Sprint(apps[1]) != fmt.Sprint(want) {
		t.Errorf("app\n%+v, want\n%+v", apps[1], want)
	}
	if apps[0].Origin != "https://denied.example" || len(apps[0].Grants) != 3 {
		t.Errorf("the app that was denied everything reads %+v", apps[0])
	}
	wantCode(t, s.Revoke(background, "https://never.example"), store.CodeInvalidArgument)
	wantCode(t, s.Revoke(background, portal, "x"), store.CodeInvalidArgument)
	if err := s.Revoke(background, portal, "stepCount"); err != nil {
		t.Fatal(err)
	}
	apps, _ = s.Apps(background)
	if grants := apps[1].Grants; !grants[0].Read || grants[1].Read || grants[1].Share {
		t.Errorf("after revoking steps: %+v", grants)
	}
}

// TestRevokeElsewhere checks that a revocation in one tab stops the app in
// another one at once.
func TestRevokeElsewhere(t *testing.T) {
	backend := mem.New()
	one, two := open(t, backend), open(t, backend)
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	importSamples(t, one, steps(phone, 1, 1, 1))
	two.Refresh(background)
	answer(t, one, portal, request, store.Answer{Read: request.Read})
	if len(query(t, two.App(portal), store.Query{Type: "stepCount"})) != 1 {
		t.Error("a grant in one tab is not known in the other")
	}
	one.Revoke(background, portal)
	if len(query(t, two.App(portal), store.Query{Type: "stepCount"})) != 0 {
		t.Error("a revocation in one tab is not known in the other")
	}
}

// TestGrantsHideTheirLength checks that the stored size does not tell how many
// types were asked for.
func TestGrantsHideTheirLength(t *testing.T) {
	size := func(read types) int {
		backend := mem.New()
		answer(t, open(t, backend), portal, store.AuthorizationRequest{Read: read}, store.Answer{})
		total := 0
		backend.Scan(background, "app/", "app0", func(_ string, value []byte) error {
			total += len(value)
			return nil
		})
		return total
	}
	few, many := size(types{"stepCount"}), size(types{"stepCount", "heartRate", "height", "bodyMass", store.ConditionRecord})
	if few != many {
		t.Errorf("grants of one type take %d bytes, of five %d", few, many)
	}
}

// TestAltersNothing checks that altered grants grant nothing.
func TestAlteredGrants(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{Read: request.Read})
	keys, _ := backend.Keys(background, "app/", "app0")
	value, _ := backend.Get(background, keys[0])
	value[len(value)/2] ^= 1
	backend.Apply(background, store.Batch{Put: []store.Entry{{Key: keys[0], Value: value}}})
	_, err := s.App(portal).Query(background, store.Query{Type: "stepCount"})
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	answer(t, s, portal, request, store.Answer{Read: request.Read}) // and can be asked again
	query(t, s.App(portal), store.Query{Type: "stepCount"})
}
