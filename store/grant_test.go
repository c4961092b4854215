package store_test

import (
	"maps"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func TestSetGrant(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount", "heartRate"}, ToShare: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{})
	importSamples(t, s, steps(phone, 10, 20, 1), steps(phone, 1000, 1010, 2))
	app := s.App(portal)
	for _, step := range []struct {
		grant store.Grant
		sees  int
	}{
		{store.Grant{Type: "stepCount", Read: true}, 2},
		{store.Grant{Type: "stepCount", Read: true, HistoryStart: 500}, 1},
		{store.Grant{Type: "stepCount", Share: true}, 0},
		{store.Grant{Type: "stepCount", Read: true, Share: true}, 2},
		{store.Grant{Type: "stepCount"}, 0},
	} {
		if err := s.SetGrant(background, portal, step.grant); err != nil {
			t.Fatalf("%+v: %v", step.grant, err)
		}
		if found := query(t, app, store.Query{Type: "stepCount"}); len(found) != step.sees {
			t.Errorf("%+v: the app sees %d samples, want %d", step.grant, len(found), step.sees)
		}
		status, err := s.ShareStatus(background, portal, "stepCount")
		if want := step.grant.Share; err != nil || (status == store.ShareSharingAuthorized) != want {
			t.Errorf("%+v: the share status is %d", step.grant, status)
		}
	}
}

func TestSetGrantRefuses(t *testing.T) {
	s := open(t, mem.New())
	answer(t, s, portal, store.AuthorizationRequest{Read: types{"stepCount"}}, store.Answer{})
	for origin, grants := range map[string][]store.Grant{
		portal: {
			{}, {Type: "nothing", Read: true},
			{Type: "heartRate", Read: true},                      // was not asked for
			{Type: "stepCount", Share: true},                     // was asked for reading only
			{Type: "labResultRecord", Share: true},               // can't be written
			{Type: "stepCount", Read: true, Future: "sometimes"}, // is no choice
			{Type: "stepCount", Read: true, HistoryStart: 1 << 62},
		},
		"https://stranger.example": {{Type: "stepCount", Read: true}},
	} {
		for _, grant := range grants {
			wantCode(t, s.SetGrant(background, origin, grant), store.CodeInvalidArgument)
		}
	}
}

func TestHistoryOfSingleTypes(t *testing.T) {
	s := open(t, mem.New())
	both := types{"stepCount", "heartRate"}
	answer(t, s, portal, store.AuthorizationRequest{Read: both}, store.Answer{
		Read: both, HistoryStart: 5, HistoryStarts: map[store.TypeID]int64{"stepCount": 500},
	})
	importSamples(t, s, steps(phone, 10, 20, 1), steps(phone, 1000, 1010, 2))
	if found := query(t, s.App(portal), store.Query{Type: "stepCount"}); len(found) != 1 {
		t.Errorf("the app sees %d samples", len(found))
	}
	apps, err := s.Apps(background)
	if err != nil || apps[0].Grants[0].HistoryStart+apps[0].Grants[1].HistoryStart != 505 {
		t.Errorf("the grants are %+v, %v", apps, err)
	}
	err = s.Answer(background, portal, store.AuthorizationRequest{Read: both}, store.Answer{
		Read: both, HistoryStarts: map[store.TypeID]int64{"bodyMass": 500},
	})
	wantCode(t, err, store.CodeInvalidArgument)
}

// Types that are denied or shared whole look alike here: they are left out.
func TestEarliestAuthorizedSampleDates(t *testing.T) {
	s := open(t, mem.New())
	asked := types{"stepCount", "heartRate", "bodyMass"}
	answer(t, s, portal, store.AuthorizationRequest{Read: asked, ToShare: types{"bodyMass"}}, store.Answer{
		Read: types{"stepCount", "heartRate"}, Share: types{"bodyMass"}, HistoryStarts: map[store.TypeID]int64{"stepCount": 500},
	})
	ask := append(types{"height"}, asked...) // one that was never asked for, too
	want := func(want map[store.TypeID]int64) {
		t.Helper()
		dates, err := s.EarliestAuthorizedSampleDates(background, portal, ask)
		if err != nil || !maps.Equal(dates, want) {
			t.Errorf("dates %v, error %v; want %v", dates, err, want)
		}
	}
	want(map[store.TypeID]int64{"stepCount": 500})
	for _, grant := range []store.Grant{
		{Type: "stepCount", HistoryStart: 500}, // denied, the limit still set
		{Type: "heartRate", Read: true, HistoryStart: 700},
	} {
		if err := s.SetGrant(background, portal, grant); err != nil {
			t.Fatal(err)
		}
	}
	want(map[store.TypeID]int64{"heartRate": 700})
	_, err := s.EarliestAuthorizedSampleDates(background, portal, types{"nothing"})
	wantCode(t, err, store.CodeInvalidArgument)
}

// Of the types that an app requires, the dates must not tell which one was denied: it
// reads none of them then.
func TestEarliestDatesDoNotTellWhichRequiredTypeWasDenied(t *testing.T) {
	s := open(t, mem.New())
	all := types{store.AllergyRecord, store.ConditionRecord, store.ProcedureRecord}
	request := store.AuthorizationRequest{Read: all, Required: all}
	ask(t, s, portal, request)
	limited := store.Answer{Read: all[:2], HistoryStart: 1000}
	wantCode(t, s.Answer(background, portal, request, limited), store.CodeRequiredAuthorizationDenied)
	dates, err := s.EarliestAuthorizedSampleDates(background, portal, all)
	if err != nil || len(dates) != 0 {
		t.Errorf("the app learns %v, %v", dates, err)
	}
	limited.Read = all
	if err := s.Answer(background, portal, request, limited); err != nil {
		t.Fatal(err)
	}
	if dates, err = s.EarliestAuthorizedSampleDates(background, portal, all); err != nil || len(dates) != 3 {
		t.Errorf("with all granted the app learns %v, %v", dates, err)
	}
}
