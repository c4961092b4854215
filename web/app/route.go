package app

import "github.com/keepwell-health/keepwell/store"

// Page names one of the person's pages.
type Page string

const (
	HomePage    Page = "home"
	ListPage    Page = "list"   // the records of one type
	RecordPage  Page = "record" // one record
	AddPage     Page = "add"    // bring records, watch an import, read its report
	AppsPage    Page = "apps"
	PrivacyPage Page = "privacy"
	EntryPage   Page = "entry" // enter or edit a measurement

	ProtectionPage Page = "protection" // how the records unlock
	BackupPage     Page = "backup"     // take the records out
	RestorePage    Page = "restore"    // bring a backup back
)

// Route is a page and what it shows.
type Route struct {
	Page Page
	Type store.TypeID // of ListPage and RecordPage; of EntryPage once it is chosen
	UUID string       // of RecordPage; of EntryPage, what is edited
}

// fragments are the addresses of the pages. They are all that the browser's
// history learns: the pages that show records have one address each, whatever
// record or type they show.
var fragments = map[Page]string{
	HomePage:    "#/",
	ListPage:    "#/list",
	RecordPage:  "#/record",
	AddPage:     "#/add",
	AppsPage:    "#/apps",
	PrivacyPage: "#/privacy",
	EntryPage:   "#/entry",

	ProtectionPage: "#/protection",
	BackupPage:     "#/backup",
	RestorePage:    "#/restore",
}

// Fragment is the address of the route's page.
func (r Route) Fragment() string { return fragments[r.Page] }

// Title is the document's title on this route.
func (r Route) Title() string {
	switch r.Page {
	case AddPage, EntryPage:
		return "Add records · Keepwell"
	case AppsPage:
		return "Apps · Keepwell"
	case PrivacyPage:
		return "Privacy · Keepwell"
	case ProtectionPage:
		return "Protection · Keepwell"
	case BackupPage:
		return "Back up · Keepwell"
	case RestorePage:
		return "Restore · Keepwell"
	}
	return "Keepwell"
}

// Section is the page that the navigation shows as current.
func (r Route) Section() Page {
	switch r.Page {
	case ListPage, RecordPage:
		return HomePage
	case ProtectionPage, BackupPage, RestorePage:
		return PrivacyPage
	case EntryPage:
		return AddPage
	}
	return r.Page
}

// routeOf reads an address. One that stands for a record or a type without
// saying which leads home, as after a reload.
func routeOf(fragment string) Route {
	for page, known := range fragments {
		if known == fragment && page != ListPage && page != RecordPage {
			return Route{Page: page}
		}
	}
	return Route{Page: HomePage}
}

// Stop is a route with how its page was left, so that Back shows it as it was.
type Stop struct {
	Route  Route
	Scroll float64 // CSS pixels
	Active int     // the row of a list that had the focus
	Left   bool    // the person has been here and comes back
}

// Trail knows what the numbers in the browser's history stand for. It lives as
// long as the page and is never stored.
type Trail struct {
	first int
	stops []Stop
}

// NewTrail starts a trail whose numbers no earlier run of the page has used:
// seed grows from run to run, as the clock's milliseconds do.
func NewTrail(seed int64) *Trail { return &Trail{first: int(seed)} }

// Add notes a route and returns its number.
func (t *Trail) Add(route Route) int {
	t.stops = append(t.stops, Stop{Route: route})
	return t.first + len(t.stops) - 1
}

// At returns the stop of a number, or of an address where the number is none of
// this run's.
func (t *Trail) At(number int, fragment string) Stop {
	if stop := t.find(number); stop != nil {
		return *stop
	}
	return Stop{Route: routeOf(fragment)}
}

// Leave notes how a page was left.
func (t *Trail) Leave(number int, scroll float64, active int) {
	if stop := t.find(number); stop != nil {
		stop.Scroll, stop.Active, stop.Left = scroll, active, true
	}
}

func (t *Trail) find(number int) *Stop {
	index := number - t.first
	if index < 0 || index >= len(t.stops) {
		return nil
	}
	return &t.stops[index]
}
