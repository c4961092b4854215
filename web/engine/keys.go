package engine

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// vault returns the keys' keeper; an engine in a test may have none.
func (c *call) vault() (*Vault, error) {
	if v := c.session.engine.options.Vault; v != nil {
		return v, nil
	}
	return nil, invalid("this store has no keys of its own")
}

func methods(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	keys, err := v.Keyring(ctx)
	if err != nil {
		return reply{}, err
	}
	return reply{result: listed(keys)}, nil
}

func listed(keys *seal.Keyring) protocol.MethodsResult {
	result := protocol.MethodsResult{Locked: keys.Locked(), Methods: []protocol.UnlockMethod{}}
	for _, m := range keys.Methods() {
		method := protocol.UnlockMethod{ID: m.ID, Kind: m.Kind.String(), Created: m.Created}
		if m.Argon2 != nil {
			method.MemoryKiB, method.Passes = m.Argon2.MemoryKiB, m.Argon2.Passes
		}
		if m.Passkey != nil {
			method.Credential, method.Input = m.Passkey.Credential, m.Passkey.Input
		}
		result.Methods = append(result.Methods, method)
	}
	return result
}

// unlock opens the keys and loads the records, so that what fails does so here.
func unlock(ctx context.Context, c *call, p protocol.Secret) (reply, error) {
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	secret, err := secretOf(p, nil)
	if err != nil {
		return reply{}, err
	}
	if err := v.Unlock(ctx, secret); err != nil {
		return reply{}, err
	}
	_, err = c.store(ctx)
	c.session.engine.tidySoon()
	return reply{}, err
}

// leave takes leave of the portals and lets go of the disk: an engine that is ended in
// the middle of a transaction may hold up those of every other.
func leave(_ context.Context, c *call, _ protocol.Empty) (reply, error) {
	for _, app := range c.session.attached() {
		app.leave()
	}
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	e := c.session.engine
	e.opening.Lock()
	defer e.opening.Unlock()
	e.letGo()
	return reply{}, v.leave()
}

// lock forgets the keys and the records. The page ends the worker next, with all
// that its memory still holds.
func lock(ctx context.Context, c *call, p protocol.LockParams) (reply, error) {
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	keys, err := v.Keyring(ctx)
	if err != nil {
		return reply{}, err
	}
	if keys.Protection() == protocol.KindDevice {
		return reply{}, invalid("nothing would unlock the records again; set a passphrase first")
	}
	return reply{}, c.session.engine.lock(ctx, p.All)
}

func addMethod(ctx context.Context, c *call, p protocol.AddMethodParams) (reply, error) {
	var cost *seal.Argon2
	if p.MemoryKiB != 0 || p.Passes != 0 {
		cost = &seal.Argon2{MemoryKiB: p.MemoryKiB, Passes: p.Passes, Lanes: 1}
	}
	secret, err := secretOf(p.Secret, cost)
	if err != nil {
		return reply{}, err
	}
	return c.changeMethods(ctx, func(keys *seal.Keyring) error {
		if p.Replaces != "" {
			_, err := keys.Change(ctx, p.Replaces, secret)
			return err
		}
		_, err := keys.Add(ctx, secret)
		return err
	})
}

func removeMethod(ctx context.Context, c *call, p protocol.RemoveMethodParams) (reply, error) {
	return c.changeMethods(ctx, func(keys *seal.Keyring) error { return keys.Remove(ctx, p.ID) })
}

func (c *call) changeMethods(ctx context.Context, change func(*seal.Keyring) error) (reply, error) {
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	if _, err := c.store(ctx); err != nil { // not by a tab that should be locked
		return reply{}, err
	}
	if err := v.Change(ctx, change); err != nil {
		return reply{}, err
	}
	c.session.engine.tellTabs()
	c.session.engine.tidySoon() // after the first method everything is sealed anew
	keys, err := v.Keyring(ctx)
	if err != nil {
		return reply{}, err
	}
	return reply{result: listed(keys)}, nil
}

func newRecoveryCode(context.Context, *call, protocol.Empty) (reply, error) {
	code, err := seal.NewRecoveryCode(rand.Reader)
	return reply{result: protocol.RecoveryCodeResult{Code: code}}, err
}

// maxIdle is the longest that a page may ask for, in minutes: a day.
const maxIdle = 24 * 60

func touch(_ context.Context, c *call, p protocol.TouchParams) (reply, error) {
	v, err := c.vault()
	if err != nil {
		return reply{}, err
	}
	if p.IdleMinutes < 0 || p.IdleMinutes > maxIdle {
		return reply{}, invalid("idleMinutes must be from 0 to %d", maxIdle)
	}
	v.Touch(time.Duration(p.IdleMinutes) * time.Minute)
	return reply{}, nil
}

// secretOf reads a secret; cost is that of a passphrase that is to be set.
func secretOf(p protocol.Secret, cost *seal.Argon2) (seal.Secret, error) {
	given := 0
	for _, one := range []bool{p.Passphrase != "", p.RecoveryCode != "", p.Passkey != nil} {
		if one {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, invalid("give a passphrase, a recoveryCode or a passkey, and one of them only")
	case p.Passphrase != "":
		return seal.Passphrase(p.Passphrase, cost)
	case p.RecoveryCode != "":
		return seal.RecoveryCode(p.RecoveryCode)
	}
	return seal.Passkey(seal.PasskeyInput{Credential: p.Passkey.Credential, Input: p.Passkey.Input}, p.Passkey.Output)
}
