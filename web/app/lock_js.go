//go:build js && wasm

package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// How long an engine that is busy may take to leave word of a lock, and to let go of
// the disk. It is ended in any case.
const (
	lockWait  = 2 * time.Second
	leaveWait = 2 * time.Second
)

// lockTabs names the channel on which tabs hint that one of them locked all.
const lockTabs = "keepwell-lock"

// What a call that is under way when Keepwell starts afresh fails with.
var (
	errLockedMeanwhile  = store.Errorf(store.CodeDatabaseInaccessible, "the records were locked meanwhile")
	errRemovedMeanwhile = store.Errorf(store.CodeHealthDataUnavailable, "the records are gone from this browser")
)

// lock ends the engine, and this program with it: nothing of a record stays in
// memory or on the page. What is returned comes when Keepwell runs again, locked.
// With all, the other tabs lock too.
func (a *app) lock(all bool) (*dom.Later, error) {
	if a.ended() {
		return a.startAfresh(errLockedMeanwhile), nil
	}
	if a.entrance != nil {
		return nil, nil // it is locked
	}
	if !a.guard.protected {
		return nil, store.Errorf(store.CodeInvalidArgument, "nothing would unlock the records again; set a passphrase first")
	}
	a.hide()
	told := make(chan struct{})
	go func() {
		defer close(told)
		// The engine is ended whatever it says.
		_, _ = a.client.Call(a.ctx, protocol.MethodLock, protocol.LockParams{All: all}, nil)
	}()
	select {
	case <-told:
	case <-time.After(lockWait):
	}
	if all {
		a.guard.locks.Tell()
	}
	return a.startAfresh(errLockedMeanwhile), nil
}

// startAfresh ends both halves and has the boot script start them again. What is
// under way fails with why.
func (a *app) startAfresh(why error) *dom.Later {
	if a.ended() { // another call is at it
		<-a.locking
		return a.again
	}
	a.leaving = true
	a.hide()
	dom.ForgetDownloads()
	a.client.Leave(why, protocol.MethodLeave, leaveWait)
	a.boot.EndEngine()
	a.setTitle("Keepwell")
	a.again = a.boot.Restart()
	close(a.locking)
	return a.again
}

// locked is told by the engine.
func (a *app) locked(params json.RawMessage) {
	var locked protocol.Locked
	if json.Unmarshal(params, &locked) == nil && locked.Removed {
		a.startAfresh(errRemovedMeanwhile)
		return
	}
	a.startAfresh(errLockedMeanwhile)
}

func (a *app) ended() bool { return a.leaving }

// hide takes everything out of sight.
func (a *app) hide() {
	a.root.SetHidden(true)
	if a.entrance != nil {
		a.unstand(a.entrance.root)
	}
	if a.sheet != nil {
		a.unstand(a.sheet.root)
		a.sheet = nil
	}
}

// unlock opens the records and shows the pages.
func (a *app) unlock(ctx context.Context, secret protocol.Secret) error {
	if _, err := a.client.Call(ctx, protocol.MethodUnlock, secret, nil); err != nil {
		return err
	}
	if a.entrance != nil {
		a.closeLockScreen()
		a.enter(true)
		a.announcer.Say("Unlocked.")
	}
	if secret.Passphrase != "" {
		go a.raiseCost(secret.Passphrase)
	}
	return nil
}

// raiseCost sets the passphrase anew where it was set at a lower cost than this
// device can bear, such as on an older one: guessing it then costs that. One that
// can't be raised now is raised at a later unlocking.
func (a *app) raiseCost(passphrase string) {
	known, err := a.methods(a.ctx)
	present := ofKind(known.Methods, protocol.KindPassphrase)
	if err == nil && len(present) == 1 && cheaper(present[0], dom.DeviceMemory()) {
		_ = a.setPassphrase(a.ctx, passphrase)
	}
}

func (a *app) methods(ctx context.Context) (protocol.MethodsResult, error) {
	var result protocol.MethodsResult
	_, err := a.client.Call(ctx, protocol.MethodMethods, nil, &result)
	return result, err
}

// askPasskey has the person use one of the passkeys that unlock.
func (a *app) askPasskey(ctx context.Context) (protocol.PasskeyOutput, error) {
	known, err := a.methods(ctx)
	if err != nil {
		return protocol.PasskeyOutput{}, err
	}
	passkeys := ofKind(known.Methods, protocol.KindPasskey)
	if len(passkeys) == 0 {
		return protocol.PasskeyOutput{}, store.Errorf(store.CodeInvalidArgument, "no passkey unlocks these records")
	}
	output, err := dom.AskPasskey(ctx, passkeys)
	return output, passkeyError(err)
}

// passkeyError says in the store's terms what the browser said.
func passkeyError(err error) error {
	switch {
	case errors.Is(err, dom.ErrPasskeyDeclined):
		return store.Errorf(store.CodeInvalidArgument, "the passkey was not used")
	case errors.Is(err, dom.ErrPasskeyUnfit):
		return store.Errorf(store.CodeInvalidArgument, "this passkey can’t unlock records: what keeps it lacks the prf extension. Try a passkey of another device or password manager")
	case errors.Is(err, dom.ErrNoPasskeys):
		return store.Errorf(store.CodeInvalidArgument, "this browser or device can’t use a passkey here")
	}
	return err
}
