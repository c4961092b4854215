//go:build js && wasm

package app

import (
	"encoding/json"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// asking is a sheet in place of the person's pages. Further askings wait for
// their turn.
type asking struct {
	view   *sheet.View
	number int64
	root   *dom.Element
	next   []protocol.Asking
}

// hearAsking has sheets shown for portals that ask from now on.
func (a *app) hearAsking() {
	a.client.On(protocol.EventAsking, a.asked)
	a.client.On(protocol.EventAskingEnded, a.unasked)
}

// asked shows the sheet that the engine waits for. In a frame another site
// could draw over it, so there it is never shown (the engine's asking then
// ends when the portal gives up).
func (a *app) asked(params json.RawMessage) {
	var request protocol.Asking
	if json.Unmarshal(params, &request) != nil || !dom.IsTop() {
		return
	}
	if a.sheet != nil {
		a.sheet.next = append(a.sheet.next, request)
		return
	}
	a.showSheet(request)
}

func (a *app) showSheet(request protocol.Asking) {
	model, err := sheet.New(request, objectsToPick(request.Objects, dom.LocalOffset), time.Now)
	if err != nil {
		go a.answer(request.Asking, store.Answer{Canceled: true})
		return
	}
	if a.current != nil {
		a.leave()
	}
	root := a.stand(dom.Class("asking"))
	a.root.SetHidden(true)
	a.setTitle("A site is asking · Keepwell")
	a.sheet = &asking{number: request.Asking, root: root}
	a.sheet.view = sheet.Show(root, model, func(answer store.Answer) {
		go a.answer(request.Asking, answer)
		a.closeSheet()
	})
}

// unasked takes a sheet off that nobody waits for any more.
func (a *app) unasked(params json.RawMessage) {
	var ended protocol.AskingEnded
	if json.Unmarshal(params, &ended) != nil || a.sheet == nil {
		return
	}
	if a.sheet.number == ended.Asking {
		a.sheet.view.Close()
		a.announcer.Say("The site no longer asks.")
		a.closeSheet()
		return
	}
	kept := a.sheet.next[:0]
	for _, request := range a.sheet.next {
		if request.Asking != ended.Asking {
			kept = append(kept, request)
		}
	}
	a.sheet.next = kept
}

// closeSheet brings back the pages, or shows the next sheet.
func (a *app) closeSheet() {
	next := a.sheet.next
	a.unstand(a.sheet.root)
	a.sheet = nil
	a.root.SetHidden(false)
	if len(next) > 0 {
		a.showSheet(next[0])
		if a.sheet != nil {
			a.sheet.next = append(a.sheet.next, next[1:]...)
		}
		return
	}
	if a.current != nil {
		a.setTitle(a.current.route.Title())
		a.current.heading.Focus(false)
	}
}

func (a *app) answer(number int64, answer store.Answer) {
	_, err := a.client.Call(a.ctx, protocol.MethodAnswer, protocol.AnswerParams{Asking: number, Answer: answer}, nil)
	if err != nil {
		a.announcer.Say(explain(err))
	}
}

// attached says which portal this window serves: closing the window would cut
// the portal off.
func (a *app) attached(origin string) {
	a.portal.SetText(hostOf(origin) + " is connected through this window. Keep the window open while you use that site.")
	a.portal.SetHidden(false)
}

// detached says so when the portal has gone.
func (a *app) detached(params json.RawMessage) {
	var gone protocol.AttachParams
	if json.Unmarshal(params, &gone) == nil {
		a.portal.SetText(hostOf(gone.Origin) + " is no longer connected. You can close this window.")
	}
}
