package app

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/sheet"
)

func TestGrantLines(t *testing.T) {
	app := store.App{Grants: []store.Grant{
		{Type: "labResultRecord", Read: true, Future: store.FutureAlways},
		{Type: "allergyRecord"},
		{Type: "bodyMass", Read: true, Share: true, HistoryStart: 1_551_744_000_000},
		{Type: "visionPrescription", Read: true, Objects: 2},
		{Type: "notOfThisVersion", Share: true},
	}}
	allowed, denied := grantLines(app, utc)
	want := []grantLine{
		{"labResultRecord", "Lab Results", "read", "new records too"},
		{"bodyMass", "Weight", "read and add", "since 5 Mar 2019"},
		{"visionPrescription", "Vision Prescriptions", "read", "2 records that you picked"},
		{"notOfThisVersion", "Records of another version", "add", ""},
	}
	if !reflect.DeepEqual(allowed, want) {
		t.Errorf("allowed\n%+v, want\n%+v", allowed, want)
	}
	if len(denied) != 1 || denied[0].Type != "allergyRecord" {
		t.Errorf("denied %+v", denied)
	}
}

func TestSwitchesAreOfWhatWasAskedFor(t *testing.T) {
	for _, test := range []struct {
		grant store.Grant
		want  string
	}{
		{store.Grant{Type: "stepCount", AskedRead: true}, "Read Steps: off"},
		{store.Grant{Type: "stepCount", AskedRead: true, Read: true, AskedShare: true}, "Read Steps: on, Add to Steps: off"},
		{store.Grant{Type: "stepCount", AskedShare: true, Share: true}, "Add to Steps: on"},
		{store.Grant{Type: "visionPrescription", AskedRead: true, Read: true}, "Read Vision Prescriptions: on"},
		{store.Grant{Type: "visionPrescription", AskedRead: true}, ""},
	} {
		var got []string
		for _, s := range switchesOf(test.grant) {
			state := "off"
			if s.On {
				state = "on"
			}
			got = append(got, s.Title+": "+state)
			if s.To.Read == test.grant.Read && s.To.Share == test.grant.Share {
				t.Errorf("%s turns nothing over", s.Title)
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%+v has %q, want %q", test.grant, got, test.want)
		}
	}
}

// Until a passphrase is set, the page must not promise more than a browser can
// keep: its key lies on the same disk.
func TestProtectionIsNotOverstated(t *testing.T) {
	for name, overstated := range map[string]bool{"device": false, "": false, "something new": false, "passphrase": true} {
		if got := protection(name) == "The records are encrypted, and only your passphrase opens them."; got != overstated {
			t.Errorf("protection(%q) = %q", name, protection(name))
		}
	}
}

func TestWhoAskedTellsListsApart(t *testing.T) {
	one := store.App{Origin: "https://a.example", Grants: []store.Grant{{Type: "stepCount"}}}
	decided := one
	decided.Grants = []store.Grant{{Type: "stepCount", Read: true}}
	if whoAsked([]store.App{one}) != whoAsked([]store.App{decided}) {
		t.Error("a decision makes another list")
	}
	more, named := one, one
	more.Grants = append(more.Grants, store.Grant{Type: "heartRate"})
	named.Description.Name = "Clinic"
	seen := map[string]bool{"": true}
	for _, list := range [][]store.App{{one}, {one, one}, {more}, {named}} {
		if text := whoAsked(list); seen[text] {
			t.Errorf("%q stands for two lists", text)
		} else {
			seen[text] = true
		}
	}
}

func TestObjectsToPick(t *testing.T) {
	utc := func(int64) time.Duration { return 0 }
	for name, test := range map[string]struct {
		sample      store.Sample
		title, note string
	}{
		"all is known": {store.Sample{Type: "cdaDocument", DisplayName: "Summary", Subtitle: "3 pages", StartDate: 1709251200000, Source: store.Source{Name: "Clinic"}},
			"Summary", "3 pages · 1 Mar 2024 · Clinic"},
		"only a month":     {store.Sample{Type: "cdaDocument", DisplayName: "Summary", StartText: "2024-03"}, "Summary", "Mar 2024"},
		"nothing is known": {store.Sample{Type: "visionPrescription", Undated: true}, "Vision Prescriptions", "Without a date"},
	} {
		test.sample.UUID = "u"
		got := objectsToPick([]store.Sample{test.sample}, utc)
		if want := (sheet.Object{UUID: "u", Type: test.sample.Type, Title: test.title, Note: test.note}); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
