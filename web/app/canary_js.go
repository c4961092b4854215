//go:build js && wasm

package app

import (
	"encoding/json"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// canarySetting is the name under which the canary is kept in localStorage, as
// JSON (docs/format.md, section 11).
const canarySetting = "keepwell-canary"

// keepCanary hands the engine what was kept of the store, before it opens, and
// keeps what it tells from then on.
func (a *app) keepCanary() {
	a.client.On(protocol.EventCanary, func(params json.RawMessage) {
		if _, ok := canaryOf(string(params)); ok {
			dom.Remember(canarySetting, string(params))
		}
	})
	if kept, ok := canaryOf(dom.Recall(canarySetting)); ok {
		// An engine that does not take it answers nothing else either.
		_, _ = a.client.Call(a.ctx, protocol.MethodCanary, kept, nil)
	}
}

// warn tells, above every page, that the browser set the store back.
func (a *app) warn(integrity store.Integrity) {
	title, words := setBack(integrity)
	a.warning.SetHidden(title == "")
	if title == "" {
		a.warning.Replace()
		return
	}
	restore := a.link(Route{Page: RestorePage}, dom.Text("Restore a backup"))
	restore.SetAttribute("class", "button primary")
	know := dom.Button(dom.Class("button"), dom.Text("I know. Go on with what is here"))
	know.Add(dom.OnClick(func() { go a.accept() }))
	a.warning.Replace(dom.H2(dom.Text(title)), dom.P(dom.Role("alert"), dom.Text(words)), dom.Div(dom.Class("actions"), restore, know))
}

// accept notes that the person knows.
func (a *app) accept() {
	if _, err := a.client.Call(a.ctx, protocol.MethodAccept, nil, nil); err != nil {
		a.warning.Add(message("problem", explain(err)))
		return
	}
	a.warn(store.IntegrityOK)
	a.current.heading.Focus(true)
}

// lookBack warns when the browser set the store back.
func (a *app) lookBack() {
	var status protocol.StatusResult
	if _, err := a.client.Call(a.ctx, protocol.MethodStatus, nil, &status); err == nil && !a.ended() {
		a.warn(status.Integrity)
	}
}
