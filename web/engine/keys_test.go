package engine

import (
	"context"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// cheap is the least costly passphrase that may be set.
var cheap = protocol.AddMethodParams{MemoryKiB: seal.FloorArgon2.MemoryKiB, Passes: seal.FloorArgon2.Passes}

// medium lets a test act just before an entry of the journal is written.
type medium struct {
	store.Backend
	journaled func()
}

func (m *medium) Apply(ctx context.Context, batch store.Batch) error {
	if act := m.journaled; act != nil && len(batch.Put) == 1 && strings.HasPrefix(batch.Put[0].Key, "journal/") {
		m.journaled = nil
		act()
	}
	return m.Backend.Apply(ctx, batch)
}

// device is a disk that several tabs open.
type device struct {
	backend *medium
	keys    *seal.MemoryKeys
	clock   *clock
	channel *channel
}

func newDevice() *device {
	return &device{&medium{Backend: mem.New()}, seal.NewMemoryKeys(), &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, &channel{}}
}

// tab opens an engine on the device and returns its page.
func (d *device) tab(t *testing.T) *world {
	t.Helper()
	v := NewVault(
		func(context.Context) (Disk, error) { return Disk{Backend: unclosed{d.backend}, Keys: d.keys}, nil },
		func(context.Context) error { t.Error("the whole database was destroyed"); return nil })
	v.now = func() time.Time { return d.clock.now }
	w := &world{t: t, asked: make(chan protocol.Asking, 100), ended: make(chan int64, 100), clock: d.clock}
	w.engine = New(Options{Vault: v, Now: v.now, Tabs: d.channel.join()})
	w.page = w.newPage(t.Context())
	return w
}

func (w *world) try(method string, params, result any) error {
	_, err := w.page.Call(w.t.Context(), method, params, result)
	return err
}

func (w *world) setPassphrase(text string) {
	w.t.Helper()
	params := cheap
	params.Passphrase = text
	w.must(w.try(protocol.MethodAddMethod, params, nil))
}

func (w *world) lockStatus() protocol.StatusResult {
	w.t.Helper()
	var status protocol.StatusResult
	w.must(w.try(protocol.MethodStatus, nil, &status))
	return status
}

func (w *world) refused(code store.Code, method string, params any) {
	w.t.Helper()
	if err := w.try(method, params, nil); codeOf(err) != code {
		w.t.Errorf("%s: %v, want %s", method, err, code)
	}
}

func codeOf(err error) store.Code {
	if err == nil {
		return ""
	}
	return protocol.ToWire(err).Code
}

func TestLockAndUnlock(t *testing.T) {
	w := newDevice().tab(t)
	if s := w.lockStatus(); s.Locked || s.Protection != protocol.KindDevice {
		t.Fatalf("a new store is %+v", s)
	}
	w.refused(store.CodeInvalidArgument, protocol.MethodLock, nil) // nothing would open it again
	w.setPassphrase("first")
	w.must(w.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	if s := w.lockStatus(); !s.Locked || s.Protection != protocol.KindPassphrase {
		t.Fatalf("a locked store is %+v", s)
	}
	for _, method := range []string{protocol.MethodCounts, protocol.MethodApps, protocol.MethodImportSample} {
		w.refused(store.CodeDatabaseInaccessible, method, nil)
	}
	w.refused(store.CodeDatabaseInaccessible, protocol.MethodRemoveMethod, protocol.RemoveMethodParams{ID: "00"})
	w.refused(store.CodeInvalidArgument, protocol.MethodUnlock, protocol.Secret{Passphrase: "second"})
	w.must(w.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
	w.must(w.try(protocol.MethodCounts, nil, nil))
}

func TestBadSecrets(t *testing.T) {
	w := newDevice().tab(t)
	w.setPassphrase("first")
	for name, secret := range map[string]protocol.Secret{
		"none":            {},
		"two":             {Passphrase: "first", RecoveryCode: "0000"},
		"a mistyped code": {RecoveryCode: "0000-0000-0000-0000-0000-0000-0001"},
		"a short passkey": {Passkey: &protocol.PasskeyOutput{Credential: []byte{1}, Input: []byte{1}, Output: []byte{1}}},
	} {
		t.Run(name, func(t *testing.T) { w.refused(store.CodeInvalidArgument, protocol.MethodUnlock, secret) })
	}
	for name, params := range map[string]protocol.AddMethodParams{
		"no secret":         {},
		"too cheap":         {Secret: protocol.Secret{Passphrase: "x"}, MemoryKiB: 1024, Passes: 1},
		"too dear":          {Secret: protocol.Secret{Passphrase: "x"}, MemoryKiB: 1 << 30, Passes: 3},
		"in place of none":  {Secret: protocol.Secret{Passphrase: "x"}, Replaces: "0011223344556677"},
		"in place of words": {Secret: protocol.Secret{Passphrase: "x"}, Replaces: "the first"},
	} {
		t.Run(name, func(t *testing.T) { w.refused(store.CodeInvalidArgument, protocol.MethodAddMethod, params) })
	}
	for _, minutes := range []int{-1, maxIdle + 1} {
		w.refused(store.CodeInvalidArgument, protocol.MethodTouch, protocol.TouchParams{IdleMinutes: minutes})
	}
}

func TestMethodsAreAddedChangedAndRemoved(t *testing.T) {
	w := newDevice().tab(t)
	w.setPassphrase("first")
	var fresh protocol.RecoveryCodeResult
	w.must(w.try(protocol.MethodNewRecoveryCode, nil, &fresh))
	var known protocol.MethodsResult
	w.must(w.try(protocol.MethodAddMethod, protocol.AddMethodParams{Secret: protocol.Secret{RecoveryCode: fresh.Code}}, &known))
	if len(known.Methods) != 2 || known.Methods[0].MemoryKiB != cheap.MemoryKiB || known.Locked {
		t.Fatalf("methods are %+v", known)
	}
	changed := cheap
	changed.Passphrase, changed.Replaces = "second", known.Methods[0].ID
	w.must(w.try(protocol.MethodAddMethod, changed, nil))
	w.must(w.try(protocol.MethodLock, nil, nil))
	w.refused(store.CodeInvalidArgument, protocol.MethodUnlock, protocol.Secret{Passphrase: "first"})
	w.must(w.try(protocol.MethodUnlock, protocol.Secret{RecoveryCode: fresh.Code}, nil))
	w.must(w.try(protocol.MethodMethods, nil, &known))
	w.must(w.try(protocol.MethodRemoveMethod, protocol.RemoveMethodParams{ID: known.Methods[0].ID}, &known))
	w.refused(store.CodeInvalidArgument, protocol.MethodRemoveMethod, protocol.RemoveMethodParams{ID: known.Methods[0].ID})
}

// A tab that slept while another one locked all finds out before it uses a key.
func TestLockOfAllReachesASleepingTab(t *testing.T) {
	d := newDevice()
	here, there := d.tab(t), d.tab(t)
	here.setPassphrase("first")
	there.must(there.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
	told := make(chan struct{}, 1)
	there.page.On(protocol.EventLocked, func(json.RawMessage) { told <- struct{}{} })
	there.must(there.try(protocol.MethodCounts, nil, nil))

	here.must(here.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	d.clock.now = d.clock.now.Add(2 * markInterval)
	there.refused(store.CodeDatabaseInaccessible, protocol.MethodCounts, nil)
	<-told
}

// A lock of one tab leaves the others open, and a look at the status comes at once.
func TestLockOfOneTab(t *testing.T) {
	d := newDevice()
	here, there := d.tab(t), d.tab(t)
	here.setPassphrase("first")
	there.must(there.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
	here.must(here.try(protocol.MethodLock, nil, nil))
	if there.lockStatus().Locked {
		t.Fatal("the other tab is locked")
	}
	there.must(there.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	here.must(here.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
	if here.lockStatus().Locked {
		t.Fatal("an old lock closes what was opened since")
	}
}

// The first method brings new keys: a tab with the old ones must unlock by it.
func TestFirstMethodLocksOtherTabs(t *testing.T) {
	d := newDevice()
	here, there := d.tab(t), d.tab(t)
	there.must(there.try(protocol.MethodCounts, nil, nil))
	here.setPassphrase("first")
	if here.lockStatus().Locked {
		t.Fatal("the tab that set it is locked")
	}
	d.clock.now = d.clock.now.Add(2 * markInterval)
	if !there.lockStatus().Locked {
		t.Fatal("the other tab goes on with the old keys")
	}
}

func TestTimeWithoutThePerson(t *testing.T) {
	for _, test := range []struct {
		name    string
		minutes int
		passed  time.Duration
		locked  bool
	}{
		{"not yet", 5, 5*time.Minute - time.Second, false},
		{"over", 5, 5 * time.Minute, true},
		{"never", 0, 300 * 24 * time.Hour, false},
		{"a clock corrected", 5, -10 * time.Second, false},
		{"a clock set back", 5, -time.Hour, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDevice()
			w := d.tab(t)
			w.setPassphrase("first")
			w.must(w.try(protocol.MethodTouch, protocol.TouchParams{IdleMinutes: test.minutes}, nil))
			d.clock.now = d.clock.now.Add(test.passed)
			if locked := w.lockStatus().Locked; locked != test.locked {
				t.Errorf("locked = %v", locked)
			}
		})
	}
}

// What an engine does by itself uses no key either when the time is over.
func TestTimeIsOverInTheBackground(t *testing.T) {
	for name, work := range map[string]func(e *Engine){
		"tidying": (*Engine).tidySoon,
		"a hint":  func(e *Engine) { e.refresh(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice()
			w := d.tab(t)
			w.setPassphrase("first")
			w.must(w.try(protocol.MethodTouch, protocol.TouchParams{IdleMinutes: 5}, nil))
			told := make(chan struct{}, 1)
			w.page.On(protocol.EventLocked, func(json.RawMessage) { told <- struct{}{} })
			d.clock.now = d.clock.now.Add(5 * time.Minute)
			work(w.engine)
			<-told
			if w.engine.opened.Load() != nil {
				t.Error("the records are open")
			}
		})
	}
}

// A portal stays connected through a lock: it hears that the store is locked, and
// reads again once it is not.
func TestPortalThroughALock(t *testing.T) {
	w := newDevice().tab(t)
	w.setPassphrase("first")
	portal := w.portal(portalOrigin)
	ask := func() error {
		_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: store.AllergyRecord}, nil)
		return err
	}
	if code := codeOf(ask()); code != store.CodeAuthorizationNotDetermined {
		t.Fatalf("before: %s", code)
	}
	w.must(w.try(protocol.MethodLock, nil, nil))
	if code := codeOf(ask()); code != store.CodeDatabaseInaccessible {
		t.Fatalf("while locked: %s", code)
	}
	w.must(w.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
	if code := codeOf(ask()); code != store.CodeAuthorizationNotDetermined {
		t.Fatalf("after: %s", code)
	}
}

// TestAnErasureThatWasBrokenOff opens a store of which the keys alone are gone: it is
// a new one, and stays open when the last lock's mark has gone with the rest.
func TestAnErasureThatWasBrokenOff(t *testing.T) {
	d := newDevice()
	w := d.tab(t)
	w.setPassphrase("first")
	w.must(w.try(protocol.MethodImportSample, nil, nil))
	keys, err := seal.OpenKeyring(t.Context(), d.backend, d.keys)
	w.must(err)
	w.must(keys.Erase(t.Context(), "")) // the browser is killed here
	w = d.tab(t)
	for range 2 {
		var counts protocol.CountsResult
		w.must(w.try(protocol.MethodCounts, nil, &counts))
		if len(counts.Counts) != 0 || w.lockStatus().Locked {
			t.Fatalf("%+v, %+v", counts, w.lockStatus())
		}
		d.clock.now = d.clock.now.Add(2 * markInterval)
	}
}

// TestWhatWasReplacedGoes has a second edition of a record come in: the first is
// soon gone from the disk, also where nothing is ever unlocked.
func TestWhatWasReplacedGoes(t *testing.T) {
	d := newDevice()
	w := d.tab(t)
	w.bring(file("pen.json", penicillin))
	if report := w.bring(file("pen.json", strings.Replace(penicillin, "{", "{ ", 1))); report.Replaced != 1 {
		t.Fatalf("report is %+v", report)
	}
	d.soonHas(t, 1)
}

// TestWhatWasRestoredOverGoes has a backup take the place of what is there.
func TestWhatWasRestoredOverGoes(t *testing.T) {
	other := newWorld(t)
	other.bring(file("a1c.json", hemoglobin))
	exported := other.export(protocol.ExportParams{Passphrase: backupPhrase})
	d := newDevice()
	w := d.tab(t)
	w.bring(file("pen.json", penicillin))
	_, err := w.restore(exported, backup.Replace)
	w.must(err)
	d.soonHas(t, 1)
}

// soonHas waits until as many segments with rows are on the disk.
func (d *device) soonHas(t *testing.T, segments int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		keys, err := d.backend.Keys(t.Context(), "segment/", "segment0")
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == segments {
			return
		}
	}
	t.Error("what was replaced is still there")
}

// A tab that is locked starts afresh when another erased the store.
func TestALockedTabHearsOfAnErasure(t *testing.T) {
	d := newDevice()
	here, there := d.tab(t), d.tab(t)
	here.setPassphrase("first")
	told := make(chan struct{}, 10)
	there.page.On(protocol.EventLocked, func(json.RawMessage) { told <- struct{}{} })
	if !there.lockStatus().Locked {
		t.Fatal("the other tab is open")
	}
	here.must(here.try(protocol.MethodErase, nil, nil))
	<-told
	if there.lockStatus().Locked {
		t.Error("it asks for the passphrase of a store that is gone")
	}
}

// A tab that has keys and no open store, as after it erased one, hears of the first
// method that another tab sets.
func TestATabWithoutAStoreHearsOfTheFirstMethod(t *testing.T) {
	for name, hint := range map[string]bool{"by a hint": true, "at its next call": false} {
		d := newDevice()
		here, there := d.tab(t), d.tab(t)
		told := make(chan struct{}, 10)
		there.page.On(protocol.EventLocked, func(json.RawMessage) { told <- struct{}{} })
		there.must(there.try(protocol.MethodCounts, nil, nil))
		there.must(there.try(protocol.MethodErase, nil, nil))
		there.must(there.try(protocol.MethodMethods, nil, nil))
		here.must(here.try(protocol.MethodImportSample, nil, nil))
		here.setPassphrase("first")
		if hint {
			<-told
		}
		if !there.lockStatus().Locked {
			t.Errorf("%s: it is open", name)
		}
		if !hint {
			<-told
		}
	}
}

// afterApply calls do once a batch was applied, before the caller hears of it.
type afterApply struct {
	store.Backend
	do func()
}

func (b *afterApply) Apply(ctx context.Context, batch store.Batch) error {
	err := b.Backend.Apply(ctx, batch)
	if b.do != nil {
		b.do()
	}
	return err
}

// TestATabDoesNotLockItself looks at the mark of the last lock between the moment
// when this tab wrote it and the moment when it knows so.
func TestATabDoesNotLockItself(t *testing.T) {
	backend := &afterApply{Backend: mem.New()}
	keys := seal.NewMemoryKeys()
	v := NewVault(func(context.Context) (Disk, error) { return Disk{Backend: backend, Keys: keys}, nil }, nil)
	if _, err := v.Keyring(t.Context()); err != nil {
		t.Fatal(err)
	}
	expired := make(chan bool, 1)
	backend.do = func() {
		backend.do = nil
		go func() {
			is, err := v.expired(t.Context(), true)
			expired <- is || err != nil
		}()
		for n := 0; n < 100_000 && len(expired) == 0; n++ {
			runtime.Gosched()
		}
	}
	if err := v.lockOthers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if <-expired {
		t.Error("the tab that locked the others locks itself")
	}
}
