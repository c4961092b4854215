//go:build js && wasm

package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/broker"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// Run shows the person's pages in the element with id "pages" until ctx
// ends, and puts the same abilities on globalThis.keepwell for programs. In a
// window that a portal opened it serves that portal too.
//
// It returns nil when the person locks their records: the boot script then starts
// the program and the engine afresh.
func Run(ctx context.Context, boot dom.Boot) error {
	client := protocol.NewClient(boot.EnginePort())
	a := &app{ctx: ctx, boot: boot, client: client, trail: NewTrail(time.Now().UnixMilli())}
	a.locking = make(chan struct{})
	a.keepCanary()
	status, ok := a.ready()
	if !ok {
		<-ctx.Done() // the page says why; there is nothing to go on with
		return ctx.Err()
	}
	a.periods = map[store.TypeID]Period{}
	a.intake = newIntake(a)
	a.build()
	client.On(protocol.EventLocked, a.locked)
	if status.Locked {
		a.showLockScreen()
	} else {
		a.enter(status.Protection != protocol.KindDevice)
	}
	a.offer()
	if opener, ok := dom.Opener(); ok {
		a.watchOpener()
		broker.Run(ctx, broker.Options{Peer: opener, Attach: broker.To(client), Attached: a.attached})
	}
	err := a.await()
	if errors.Is(err, protocol.ErrPortClosed) {
		fail("failure-stopped")
	}
	return err
}

// await waits for the end: nil says that the program is to be started afresh.
func (a *app) await() error {
	select {
	case <-a.ctx.Done():
		return a.ctx.Err()
	case <-a.locking:
		_ = a.client.Close()
		dom.Turn()
		return nil
	case <-a.client.Done():
		return protocol.ErrPortClosed
	}
}

// enter shows the pages, once the records are open. protected tells whether
// there is a way to unlock them again.
func (a *app) enter(protected bool) {
	a.guard = newGuard(a, protected)
	go a.guard.start()
	if a.overlay != nil {
		return // the portal's pages are there
	}
	a.root.SetHidden(false)
	a.listen()
	a.arrive()
	go a.lookBack()
}

// app is the person's pages. It lives on the browser's event loop, where only
// one goroutine runs at a time; what it holds changes only between two waits.
type app struct {
	ctx    context.Context
	boot   dom.Boot
	client *protocol.Client
	trail  *Trail
	intake *importer
	guard  *guard // nil while locked

	jobs      int          // exports and restores under way on the page
	restoring *restorePage // the one shown last

	locking chan struct{} // closed when the engine has ended and so must this program
	leaving bool          // they are about to
	again   *dom.Later    // when Keepwell runs again; set before locking is closed

	periods   map[store.TypeID]Period // shown last in the charts
	number    int                     // of the current history entry
	current   *screen
	root      *dom.Element
	main      *dom.Element
	nav       map[Page]*dom.Element
	banner    *dom.Element
	warning   *dom.Element // says that the browser set the store back
	portal    *dom.Element // says which portal this window serves
	lockItem  *dom.Element // of the navigation; shown once there is a way to unlock
	announcer *dom.Announcer
	sheet     *asking
	attention *sheet.Attention // nil where no site opened this window
	overlay   *dom.Overlay     // nil on the person's own pages
	entrance  *lockScreen      // nil once unlocked
}

// ready asks the engine whether its store opens, and shows the static page's
// words when it does not.
func (a *app) ready() (status protocol.StatusResult, ok bool) {
	_, err := a.client.Call(a.ctx, protocol.MethodStatus, nil, &status)
	if id := article(err); err != nil && id != "" {
		fail(id)
		return status, false
	}
	return status, true
}

// fail shows one of the articles of index.html in place of the pages.
func fail(id string) {
	for _, other := range []string{"pages", "opening"} {
		if element := dom.Find(other); element != nil {
			element.SetHidden(true)
		}
	}
	for _, shown := range []string{"failure", id} {
		if element := dom.Find(shown); element != nil {
			element.SetHidden(false)
		}
	}
}

func (a *app) listen() {
	dom.KeepScroll()
	dom.OnWindow(dom.PopState, func(dom.Event) { a.arrive() })
	dom.DropZone(a.dragged, a.bring)
	a.client.On(protocol.EventChanged, func(params json.RawMessage) {
		var changed protocol.Changed
		if json.Unmarshal(params, &changed) == nil && a.current.changed != nil {
			a.current.changed(changed.Types)
		}
	})
	a.hearAsking()
	a.client.On(protocol.EventDetached, a.detached)
}

// Open goes to a route by a new entry of the history.
func (a *app) open(route Route) {
	a.leave()
	a.number = a.trail.Add(route)
	dom.PushPlace(dom.Place{Fragment: route.Fragment(), Entry: a.number})
	a.show(Stop{Route: route}, true)
}

// arrive shows where the history stands: at first, after Back and Forward, and
// when the address was edited.
func (a *app) arrive() {
	first := a.current == nil
	if !first {
		a.leave()
	}
	place := dom.CurrentPlace()
	stop := a.trail.At(place.Entry, place.Fragment)
	a.number = place.Entry
	if a.trail.find(place.Entry) == nil {
		a.number = a.trail.Add(stop.Route)
		dom.ReplacePlace(dom.Place{Fragment: stop.Route.Fragment(), Entry: a.number})
	}
	a.show(stop, !first)
}

// leave notes how the current page is left.
func (a *app) leave() {
	active := 0
	if a.current.list != nil {
		active = a.current.list.Active()
	}
	a.trail.Leave(a.number, dom.ScrollOffset(), active)
}

// show builds the page of a route. The focus goes to its heading, so that a
// screen reader says where the person is; not at first, when it says so itself.
func (a *app) show(stop Stop, focus bool) {
	if a.current != nil {
		a.current.cancel()
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.current = &screen{route: stop.Route, stop: stop, ctx: ctx, cancel: cancel}
	a.draw(a.current)
	a.setTitle(stop.Route.Title())
	for page, link := range a.nav {
		if page == stop.Route.Section() {
			link.SetAttribute("aria-current", "page")
		} else {
			link.RemoveAttribute("aria-current")
		}
	}
	a.main.Replace(a.current.root)
	dom.ScrollTo(0)
	if focus {
		a.current.heading.Focus(false)
	}
	a.current.start()
}

// screen is one page while it is shown.
type screen struct {
	route   Route
	stop    Stop // how the person left this page last, when they come back to it
	ctx     context.Context
	cancel  context.CancelFunc
	root    *dom.Element
	heading *dom.Element
	list    *dom.List // of a ListPage
	start   func()    // called once the screen is on the page
	changed func([]store.TypeID)
	filling bool   // refill is at work
	next    func() // what it does then
}

// live reports whether the screen is still the one shown: after a wait it may
// have been left.
func (s *screen) live() bool { return s.ctx.Err() == nil }

// refill draws anew in the background, one fill after another: what a fill has
// asked for before a change must not be drawn over what the next one finds.
func (s *screen) refill(fill func()) {
	s.next = fill
	if s.filling {
		return
	}
	s.filling = true
	go func() {
		for s.next != nil {
			fill := s.next
			s.next = nil
			fill()
		}
		s.filling = false
	}()
}

// shows reports whether a change of these types, or of all when there are none,
// changes what is shown.
func (s *screen) shows(types []store.TypeID) bool {
	if len(types) == 0 {
		return true
	}
	for _, id := range types {
		if id == s.route.Type {
			return true
		}
	}
	return false
}

func (a *app) draw(s *screen) {
	s.start = func() {}
	switch s.route.Page {
	case ListPage:
		a.drawList(s)
	case RecordPage:
		a.drawRecord(s)
	case AddPage:
		a.drawAdd(s)
	case EntryPage:
		a.drawEntry(s)
	case AppsPage:
		a.drawApps(s)
	case PrivacyPage:
		a.drawPrivacy(s)
	case ProtectionPage:
		a.drawProtection(s)
	case BackupPage:
		a.drawBackup(s)
	case RestorePage:
		a.drawRestore(s)
	default:
		a.drawHome(s)
	}
}
