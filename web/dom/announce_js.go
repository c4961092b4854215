//go:build js && wasm

package dom

// Announcer speaks to a screen reader without moving the focus (ARIA 1.2,
// status role).
type Announcer struct {
	region *Element
	stop   func()
}

// NewAnnouncer makes an Announcer; its Part goes into the page once and stays.
func NewAnnouncer() *Announcer {
	return &Announcer{region: Div(Role("status"), Class("spoken"))}
}

// Region is the element that holds what is spoken.
func (a *Announcer) Region() *Element { return a.region }

// Say speaks a text. Emptying the region first makes a repeated text heard.
func (a *Announcer) Say(text string) {
	if a.stop != nil {
		a.stop()
	}
	a.region.SetText("")
	a.stop = NextFrame(func() { a.region.SetText(text) })
}
