package store_test

import (
	"reflect"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// TestLookup has the log tell what was given out, and not what was looked at.
func TestLookup(t *testing.T) {
	now := clock(1000)
	s := open(t, mem.New(), func(o *store.Options) { o.Now = now.now })
	importRecords(t, s, record{clinicA, "Condition", "1", "", 5}, record{clinicA, "Condition", "2", "", 6}, record{clinicA, "Procedure", "3", "", 7})
	procedure := query(t, s.Person(), store.Query{Type: store.ProcedureRecord})[0].UUID
	decide(t, s, store.AuthorizationRequest{Read: types{store.ConditionRecord, store.ProcedureRecord}}, store.Answer{Read: types{store.ConditionRecord}})

	l, err := s.App(portal).Lookup(background)
	if err != nil {
		t.Fatal(err)
	}
	found, err := l.Query(background, store.Query{Type: store.ConditionRecord})
	if err != nil || len(found) != 2 {
		t.Fatal(found, err)
	}
	for at := range found {
		if raw, err := l.Resource(background, found[at].UUID); err != nil || len(raw) == 0 {
			t.Errorf("%q, %v", raw, err)
		}
	}
	l.Give(&found[1])
	l.Query(background, store.Query{Type: store.ConditionRecord})
	if denied, err := l.Query(background, store.Query{Type: store.ProcedureRecord}); err != nil || len(denied) != 0 {
		t.Error(denied, err)
	}
	_, err = l.Resource(background, procedure)
	wantCode(t, err, store.CodeNoData)
	_, err = l.Query(background, store.Query{Type: store.AllergyRecord})
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	_, err = l.Query(background, store.Query{Type: "no such type"})
	wantCode(t, err, store.CodeInvalidArgument)
	l.Note()

	line := func(id store.TypeID, count int, allowed bool) store.Access {
		return store.Access{When: 1000, Until: 1000, Origin: portal, Operation: store.AccessOpen, Type: id, Calls: 1, Count: count, Allowed: allowed}
	}
	want := []store.Access{line(store.ConditionRecord, 1, true), line(store.ProcedureRecord, 0, false), line(store.AllergyRecord, 0, false)}
	if got := accessLog(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
}
