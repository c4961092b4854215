package sheet

import (
	"errors"
	"slices"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// ErrNothingAsked says that an asking names no type that a sheet can ask for.
var ErrNothingAsked = errors.New("sheet: nothing is asked for")

// PageKind tells the pages of a sheet apart.
type PageKind string

const (
	ClinicalPage PageKind = "clinical" // health records: FHIR, read only
	ObjectsPage  PageKind = "objects"  // of per-object types, to be picked one by one
	FitnessPage  PageKind = "fitness"  // everything else
)

// Object is one of a per-object type, which the person may pick.
type Object struct {
	UUID  string
	Type  store.TypeID
	Title string // "Health export (CDA)"
	Note  string // what tells it from others: its day, who made it
}

// Access is what a switch would allow.
type Access string

const (
	Read  Access = "read"
	Share Access = "share" // HealthKit's word for writing
)

// Switch is one choice: a type, or an object of one, and what may be done with it. It
// is off until the person turns it on.
type Switch struct {
	Type   store.TypeID
	Object string // its UUID; "" for a type
	Title  string // for people: "Lab Results"
	Note   string // of an object
	Access Access
	On     bool
}

// Page is one page of the sheet.
type Page struct {
	Kind  PageKind
	Read  []*Switch // in the catalogue's order
	Share []*Switch
	Types []store.Type // of an ObjectsPage, those asked for, with objects or not

	History History // of what is read on this page; the zero value is all of it
}

// TurnAllOn reports whether the page may offer one control for all its
// switches. Clinical records never have it (HealthKit), nor what is to be picked.
func (p *Page) TurnAllOn() bool { return p.Kind == FitnessPage }

// Switches returns all switches of the page.
func (p *Page) Switches() []*Switch {
	return append(append([]*Switch(nil), p.Read...), p.Share...)
}

// Chosen counts the switches that are on.
func (p *Page) Chosen() int {
	chosen := 0
	for _, s := range p.Switches() {
		if s.On {
			chosen++
		}
	}
	return chosen
}

// Step is what an answer to a page led to.
type Step int

const (
	Ignored  Step = iota // too early, or the sheet is answered already
	NextPage             // another page waits
	Finished             // Answer holds what the person chose
)

// Model is a sheet without its looks. It grants nothing by itself: Answer says
// what the person chose once all pages are answered, or that they did not.
type Model struct {
	Attention // to the current page; its Now arms the buttons

	asking   protocol.Asking
	pages    []*Page
	current  int
	future   store.FutureChoice
	finished bool
	canceled bool
}

// New makes the sheet for an asking. objects are those that the person may pick from,
// in the order to show of each type; now is the clock that arms the buttons. It returns
// ErrNothingAsked when no type of the asking can be asked for.
func New(asking protocol.Asking, objects []Object, now func() time.Time) (*Model, error) {
	m := &Model{Attention: Attention{Now: now}, asking: asking, future: store.FutureAsk}
	clinical, picked, fitness := &Page{Kind: ClinicalPage}, &Page{Kind: ObjectsPage}, &Page{Kind: FitnessPage}
	read, share := set(asking.Read), set(asking.ToShare)
	for _, t := range store.Catalogue() {
		page := fitness
		if isClinical(t) {
			page = clinical
		}
		if read[t.ID] && t.PerObject {
			picked.offer(t, objects)
		} else if read[t.ID] {
			page.Read = append(page.Read, &Switch{Type: t.ID, Title: t.Title, Access: Read})
		}
		// The engine refuses an app that asks to write a read-only type; the
		// sheet never offers it either way.
		if share[t.ID] && !t.ReadOnly {
			page.Share = append(page.Share, &Switch{Type: t.ID, Title: t.Title, Access: Share})
		}
	}
	for _, page := range []*Page{clinical, picked, fitness} {
		if len(page.Switches())+len(page.Types) > 0 {
			m.pages = append(m.pages, page)
		}
	}
	if len(m.pages) == 0 {
		return nil, ErrNothingAsked
	}
	return m, nil
}

// offer adds the objects of a per-object type.
func (p *Page) offer(t store.Type, objects []Object) {
	p.Types = append(p.Types, t)
	for _, o := range objects {
		if o.Type == t.ID {
			p.Read = append(p.Read, &Switch{Type: t.ID, Object: o.UUID, Title: o.Title, Note: o.Note, Access: Read})
		}
	}
}

// Of returns the switches of a page that read one type.
func (p *Page) Of(id store.TypeID) []*Switch {
	var of []*Switch
	for _, s := range p.Read {
		if s.Type == id {
			of = append(of, s)
		}
	}
	return of
}

func isClinical(t store.Type) bool {
	return t.Kind == store.KindClinical || t.Kind == store.KindOther
}

func set(ids []store.TypeID) map[store.TypeID]bool {
	members := make(map[store.TypeID]bool, len(ids))
	for _, id := range ids {
		members[id] = true
	}
	return members
}

// Page returns the page to show.
func (m *Model) Page() *Page { return m.pages[m.current] }

// Position says which page of how many is shown, from 1.
func (m *Model) Position() (page, of int) { return m.current + 1, len(m.pages) }

// Asking is the number under which the answer is awaited.
func (m *Model) Asking() int64 { return m.asking.Asking }

// TurnAll turns every switch of the current page on or off. It does nothing on
// a page without that control.
func (m *Model) TurnAll(on bool) {
	if !m.Page().TurnAllOn() {
		return
	}
	for _, s := range m.Page().Switches() {
		s.On = on
	}
}

// Future is what the person chose for records that arrive later.
func (m *Model) Future() store.FutureChoice { return m.future }

// SetFuture chooses what happens with records that arrive later.
func (m *Model) SetFuture(choice store.FutureChoice) { m.future = choice }

// Deny answers the current page with nothing, whatever its switches say.
func (m *Model) Deny() Step { return m.answerPage(false) }

// Allow answers the current page with what is switched on, which may be nothing.
func (m *Model) Allow() Step { return m.answerPage(true) }

func (m *Model) answerPage(allow bool) Step {
	if m.finished || m.Wait() > 0 {
		return Ignored
	}
	if !allow {
		for _, s := range m.Page().Switches() {
			s.On = false
		}
	}
	if m.current+1 == len(m.pages) {
		m.finished = true
		return Finished
	}
	m.current++
	m.Restart() // a double click must not answer the next page too
	return NextPage
}

// Cancel closes the sheet without an answer: nothing is granted and nothing is
// decided, on earlier pages either. It counts at once.
func (m *Model) Cancel() Step {
	if m.finished {
		return Ignored
	}
	m.finished, m.canceled = true, true
	return Finished
}

// Answer is what the person chose. Until the sheet is finished it is a
// cancellation.
func (m *Model) Answer() store.Answer {
	if !m.finished || m.canceled {
		return store.Answer{Canceled: true}
	}
	var answer store.Answer
	for _, page := range m.pages {
		answer.Read = append(answer.Read, chosen(page.Read)...)
		m.limit(&answer, page)
		answer.Share = append(answer.Share, chosen(page.Share)...)
		for _, s := range page.Read {
			if s.On && s.Object != "" {
				answer.Objects = append(answer.Objects, s.Object)
			}
		}
		if page.Kind == ClinicalPage && page.Chosen() > 0 {
			answer.FutureRecords = m.future
		}
	}
	return answer
}

// limit keeps what is read on a page to the history chosen there.
func (m *Model) limit(answer *store.Answer, page *Page) {
	since := page.History.Since(m.Now())
	if since == 0 {
		return
	}
	for _, id := range chosen(page.Read) {
		if answer.HistoryStarts == nil {
			answer.HistoryStarts = map[store.TypeID]int64{}
		}
		answer.HistoryStarts[id] = since
	}
}

// chosen returns the types that are switched on, or of which an object is.
func chosen(switches []*Switch) []store.TypeID {
	var ids []store.TypeID
	for _, s := range switches {
		if s.On && !slices.Contains(ids, s.Type) {
			ids = append(ids, s.Type)
		}
	}
	return ids
}
