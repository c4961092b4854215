//go:build js && wasm

package app

import (
	"time"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// idleSetting is the name under which the person's choice is kept.
const idleSetting = "keepwell-auto-lock"

// activeTabs names the channel on which tabs hint that the person is there.
const activeTabs = "keepwell-active"

const (
	// watchInterval is how often the guard looks at the clock. Browsers stretch
	// it to a minute in hidden tabs.
	watchInterval = 5 * time.Second
	// tellInterval is how often the engine and the other tabs hear that the
	// person is there.
	tellInterval = 10 * time.Second
)

// guard locks the records when the person has been away for as long as they
// chose, whether the page was in sight or not, and when another tab locked. It
// counts by the wall clock: others stand still while a device or a tab sleeps.
// The engine keeps the same count, for portals that ask before this page wakes.
type guard struct {
	app       *app
	protected bool // there is a way to unlock
	idle      time.Duration
	active    int64     // when the person was last there, ms since the Unix epoch
	told      int64     // when the engine heard so, ms since the Unix epoch
	others    *dom.Tabs // where tabs say that the person is there
	locks     *dom.Tabs // where they say that one of them locked all
}

func newGuard(a *app, protected bool) *guard {
	g := &guard{app: a, protected: protected, idle: idleOf(dom.Recall(idleSetting)), others: dom.NewTabs(activeTabs), locks: dom.NewTabs(lockTabs)}
	g.active = time.Now().UnixMilli()
	a.lockItem.SetHidden(!protected)
	for _, event := range []dom.EventType{dom.PointerDown, dom.KeyDown, dom.Wheel} {
		dom.OnDocument(event, func(dom.Event) { g.seen() })
	}
	g.others.Listen(g.seenElsewhere)
	g.locks.Listen(func() { go g.check() })
	dom.OnDocument(dom.VisibilityChange, func(dom.Event) { go g.check() })
	dom.OnWindow(dom.PageHide, func(dom.Event) { g.cover(true) })
	dom.OnDocument(dom.Freeze, func(dom.Event) { g.cover(true) })
	dom.OnWindow(dom.PageShow, func(dom.Event) { go g.check() })
	dom.OnDocument(dom.Resume, func(dom.Event) { go g.check() })
	dom.Every(watchInterval, g.tick)
	return g
}

// start learns whether there is a way to unlock, and begins to count.
func (g *guard) start() {
	g.active = time.Now().UnixMilli()
	known, err := g.app.methods(g.app.ctx)
	if err == nil {
		g.learn(known)
	}
}

// learn takes note of the unlock methods.
func (g *guard) learn(known protocol.MethodsResult) {
	g.protected = len(ofKind(known.Methods, protocol.KindDevice)) == 0
	g.app.lockItem.SetHidden(!g.protected)
	g.tell()
}

// setIdle keeps the person's choice, for all tabs.
func (g *guard) setIdle(minutes int) {
	dom.Remember(idleSetting, idleText(minutes))
	g.idle = idleOf(dom.Recall(idleSetting))
	g.tell()
	g.others.Tell()
}

// seen notes that somebody is there. That comes too late when the time was over
// already, as when a device wakes by a key that is pressed.
func (g *guard) seen() {
	if g.away() {
		go g.check()
		return
	}
	g.stay()
}

// stay counts from now.
func (g *guard) stay() {
	g.active = time.Now().UnixMilli()
	if g.active-g.told >= tellInterval.Milliseconds() {
		g.others.Tell()
		g.tell()
	}
}

// seenElsewhere is seen of another tab, which may have said so before this one slept.
func (g *guard) seenElsewhere() {
	if g.away() {
		go g.check()
		return
	}
	g.active = time.Now().UnixMilli()
	g.idle = idleOf(dom.Recall(idleSetting)) // it may be what has changed
	g.tell()
}

func (g *guard) tell() {
	g.told = time.Now().UnixMilli()
	minutes := int(g.idle / time.Minute)
	go func() {
		// An engine that does not hear it locks early, which does no harm.
		_, _ = g.app.client.Call(g.app.ctx, protocol.MethodTouch, protocol.TouchParams{IdleMinutes: minutes}, nil)
	}()
}

// away reports whether the person has been away for too long.
func (g *guard) away() bool {
	if !g.protected || g.idle == 0 {
		return false
	}
	away := time.Duration(time.Now().UnixMilli()-g.active) * time.Millisecond
	return away >= g.idle || away < -time.Minute // a clock set back tells nothing
}

func (g *guard) tick() {
	switch {
	case g.app.ended():
	case g.app.intake.running || g.app.jobs > 0:
		g.stay() // the person waits for it
	case g.away():
		go g.app.lock(false)
	}
}

// check looks whether the records must be locked by now, and shows the pages
// again if not. The engine knows of other tabs.
func (g *guard) check() {
	if g.app.ended() {
		return
	}
	if g.away() {
		g.app.lock(false)
		return
	}
	var status protocol.StatusResult
	_, err := g.app.client.Call(g.app.ctx, protocol.MethodStatus, nil, &status)
	if err == nil && status.Locked {
		g.app.startAfresh(errLockedMeanwhile)
		return
	}
	g.cover(false)
}

// cover hides the records while the page sleeps, so that it does not wake with
// them in sight when it should be locked.
func (g *guard) cover(covered bool) {
	if g.protected && !g.app.ended() && g.app.sheet == nil {
		g.app.root.SetHidden(covered)
	}
}
