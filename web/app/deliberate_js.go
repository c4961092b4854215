//go:build js && wasm

package app

import (
	"time"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// What a click that may have been meant for something else is told.
const notMeant = "This window came up only just now. Choose again if you mean it."

// watchOpener keeps the site that opened this window from having the person click here
// what they mean for something else: such a site can lead this window to any page of
// Keepwell, or bring it in sight, in the middle of a double click.
func (a *app) watchOpener() {
	a.attention = &sheet.Attention{Now: time.Now}
	dom.OnAttention(a.attention.Attend)
	dom.OnWindow(dom.PopState, func(dom.Event) { a.attention.Restart() })
	a.attention.Attend(dom.Attended())
}

// deliberate reports whether the person can mean what they click. On pages that no
// site opened they always can.
func (a *app) deliberate() bool {
	return dom.IsTop() && (a.attention == nil || a.attention.Wait() == 0)
}

// deliberately does something that can't be undone, or lets a site see more, if the
// person can mean it.
func (a *app) deliberately(do func()) func() {
	return func() {
		if !a.deliberate() {
			a.announcer.Say(notMeant)
			return
		}
		do()
	}
}
