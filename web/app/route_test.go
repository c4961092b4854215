package app

import (
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// What the browser keeps of a route, its address and its title, must be the
// same whatever the route shows.
func TestNothingOfARecordReachesTheHistory(t *testing.T) {
	for page := range fragments {
		plain := Route{Page: page}
		telling := Route{Page: page, Type: "allergyRecord", UUID: "0f5c8a52-0000-8000-8000-000000000001"}
		if plain.Fragment() != telling.Fragment() || plain.Title() != telling.Title() {
			t.Errorf("%s: %q %q tells more than %q %q", page, telling.Fragment(), telling.Title(), plain.Fragment(), plain.Title())
		}
		for _, row := range store.Catalogue() {
			if strings.Contains(telling.Fragment(), string(row.ID)) || strings.Contains(telling.Title(), row.Title) {
				t.Errorf("%s names %s", page, row.ID)
			}
		}
	}
}

func TestTrail(t *testing.T) {
	trail := NewTrail(1_770_000_000_000)
	home := trail.Add(Route{Page: HomePage})
	list := trail.Add(Route{Page: ListPage, Type: "allergyRecord"})
	trail.Leave(list, 1440, 20)
	if stop := trail.At(list, "#/list"); stop.Route.Type != "allergyRecord" || stop.Scroll != 1440 || stop.Active != 20 || !stop.Left {
		t.Errorf("going back shows %+v", stop)
	}
	if stop := trail.At(home, "#/"); stop.Route.Page != HomePage {
		t.Errorf("going home shows %+v", stop)
	}
}

// After a reload the numbers in the history are of a run that is gone.
func TestTrailAfterReload(t *testing.T) {
	old := NewTrail(1_770_000_000_000)
	old.Add(Route{Page: HomePage})
	number := old.Add(Route{Page: RecordPage, Type: "allergyRecord", UUID: "x"})
	fresh := NewTrail(1_770_000_060_000)
	fresh.Add(Route{Page: HomePage})
	for fragment, want := range map[string]Page{
		"#/record":        HomePage,
		"#/list":          HomePage,
		"#/apps":          AppsPage,
		"#/privacy":       PrivacyPage,
		"#/add":           AddPage,
		"":                HomePage,
		"#/nowhere":       HomePage,
		"#/allergyRecord": HomePage,
	} {
		if got := fresh.At(number, fragment).Route; got != (Route{Page: want}) {
			t.Errorf("%q leads to %+v, want the page %s", fragment, got, want)
		}
	}
}
