//go:build js && wasm

package app

import (
	"context"

	"github.com/keepwell-health/keepwell/web/broker"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// RunEmbedded serves the portal in whose page this program runs, until ctx ends: a
// portal that serves Keepwell's files itself. Sheets, and the lock, stand in a layer
// above that page; everything else the person does on their own pages, of the same
// origin. Nothing is put on globalThis.
//
// It returns nil when the records are locked, as Run does.
func RunEmbedded(ctx context.Context, boot dom.Boot) error {
	client := protocol.NewClient(boot.EnginePort())
	a := &app{ctx: ctx, boot: boot, client: client, locking: make(chan struct{})}
	a.overlay = dom.NewOverlay(boot.Styles(), a.dismissed)
	defer a.overlay.Remove()
	a.intake = newIntake(a) // which is never used
	a.root, a.lockItem, a.announcer = dom.Div(), dom.LI(), dom.NewAnnouncer()
	a.keepCanary()
	client.On(protocol.EventLocked, a.locked)
	a.hearAsking()
	var status protocol.StatusResult
	if _, err := client.Call(ctx, protocol.MethodStatus, nil, &status); err != nil {
		return err
	}
	if !status.Locked {
		a.enter(status.Protection != protocol.KindDevice)
	}
	broker.Run(ctx, broker.Options{Peer: dom.Self(), Attach: broker.To(client), Show: a.showLock})
	return a.await()
}

// showLock has the person unlock, if their records are locked and nothing else
// stands before them.
func (a *app) showLock() {
	if a.guard == nil && a.entrance == nil && !a.ended() {
		a.showLockScreen()
	}
}

// dismissed is told that the person sent away what stands above the portal's page.
func (a *app) dismissed() {
	switch {
	case a.sheet != nil:
		a.sheet.view.Cancel()
	case a.entrance != nil:
		a.closeLockScreen()
	}
}

// stand makes what takes the place of all pages: of the person's, or, above it, of
// a portal's.
func (a *app) stand(parts ...dom.Part) *dom.Element {
	if a.overlay != nil {
		root := dom.Div(parts...)
		a.overlay.Show(root)
		return root
	}
	root := dom.Main(parts...)
	dom.Body().Add(root)
	return root
}

// unstand takes it off.
func (a *app) unstand(root *dom.Element) {
	if a.overlay != nil {
		a.overlay.Hide()
		return
	}
	root.Remove()
}

// setTitle sets the title of the person's page; a portal's is its own.
func (a *app) setTitle(title string) {
	if a.overlay == nil {
		dom.SetTitle(title)
	}
}
