//go:build js && wasm

// A portal that is written in Go, tested in a browser:
//
//	GOOS=js GOARCH=wasm go test -exec wasmbrowsertest .
//
// A test in a page can neither look into a window of another origin nor click there, so
// Keepwell's engine runs in the page beside the portal, and the test is the person.
package sdk_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"syscall/js"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/idb"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/engine"
	"github.com/keepwell-health/keepwell/web/protocol"
)

//go:embed keepwell.mjs
var module string // of the npm package

const (
	host   = "https://keepwell.example" // is asked by
	origin = "https://clinic.example"
)

// names is what a portal in Go might have: it lists what of a type it may read.
func names(health js.Value, id store.TypeID) ([]string, error) {
	result, err := await(health.Call("query", map[string]any{"type": string(id)}))
	if err != nil {
		return nil, err
	}
	names := []string{}
	samples := result.Get("samples")
	for i := range samples.Length() {
		names = append(names, samples.Index(i).Get("displayName").String())
	}
	return names, nil
}

func TestPortal(t *testing.T) {
	person := startKeepwell(t)
	call(t, person, protocol.MethodImportSample, nil)
	person.On(protocol.EventAsking, func(params json.RawMessage) {
		var asking protocol.Asking
		if err := json.Unmarshal(params, &asking); err != nil {
			t.Error(err)
		}
		answer := store.Answer{Read: []store.TypeID{"allergyRecord"}} // of what was asked for
		call(t, person, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: answer})
	})
	health := connect(t, person)
	wantCode := func(code store.Code) {
		t.Helper()
		var typed *store.Error
		if found, err := names(health, "allergyRecord"); !errors.As(err, &typed) || typed.Code != code {
			t.Errorf("found %q and the error %v, want %s", found, err, code)
		}
	}
	found := func(id store.TypeID) []string {
		t.Helper()
		found, err := names(health, id)
		if err != nil {
			t.Error(err)
		}
		return found
	}

	wantCode(store.CodeAuthorizationNotDetermined)
	read := []any{"allergyRecord", "conditionRecord"}
	if _, err := await(health.Call("requestAuthorization", map[string]any{"read": read})); err != nil {
		t.Fatal(err)
	}
	allergies := found("allergyRecord")
	if len(allergies) == 0 || slices.Contains(allergies, "") {
		t.Errorf("allowed, and it read %q", allergies)
	}
	if conditions := found("conditionRecord"); len(conditions) != 0 {
		t.Errorf("denied, and it read %q", conditions)
	}
	passphrase := protocol.Secret{Passphrase: "orbit velvet kettle marsh"}
	cost := seal.FloorArgon2 // little, to be quick
	call(t, person, protocol.MethodAddMethod, protocol.AddMethodParams{Secret: passphrase, MemoryKiB: cost.MemoryKiB, Passes: cost.Passes})
	call(t, person, protocol.MethodLock, protocol.LockParams{All: true})
	wantCode(store.CodeDatabaseInaccessible)
	call(t, person, protocol.MethodUnlock, passphrase)
	if again := found("allergyRecord"); !slices.Equal(again, allergies) {
		t.Errorf("unlocked, and it read %q, want %q", again, allergies)
	}
	call(t, person, protocol.MethodRevoke, protocol.RevokeParams{Origin: origin})
	if left := found("allergyRecord"); len(left) != 0 {
		t.Errorf("revoked, and it read %q", left)
	}
}

// startKeepwell runs Keepwell over the browser's IndexedDB in this page, and returns
// what its own page calls it by.
func startKeepwell(t *testing.T) *protocol.Client {
	t.Helper()
	database := t.Name()
	destroy := func(ctx context.Context) error { return idb.Delete(ctx, database) }
	vault := engine.NewVault(func(ctx context.Context) (engine.Disk, error) {
		backend, err := idb.Open(ctx, database)
		return engine.Disk{Backend: backend, Keys: seal.NewBrowserKeys(backend)}, err
	}, destroy)
	near, far := protocol.Pipe()
	person := protocol.NewClient(near)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() {
		defer close(served)
		engine.New(engine.Options{Vault: vault}).Serve(ctx, far, engine.Person())
	}()
	t.Cleanup(func() {
		if _, err := person.Call(ctx, protocol.MethodErase, nil, nil); err != nil {
			t.Errorf("the database stays: %v", err)
		}
		stop()
		<-served
	})
	return person
}

// connect connects the portal by the SDK. The window that the SDK opens is none: what it
// is told goes to Keepwell in this page, as from the portal's origin.
func connect(t *testing.T, person *protocol.Client) js.Value {
	t.Helper()
	window := js.Global().Get("Object").New()
	say := func() { // that the window is there
		event := js.Global().Get("Event").New("message")
		event.Set("data", map[string]any{"keepwell": "ready"})
		event.Set("origin", host)
		event.Set("source", window)
		js.Global().Call("dispatchEvent", event)
	}
	set(t, js.Global(), "open", func([]js.Value) any { go say(); return window })
	set(t, window, "focus", func([]js.Value) any { return nil })
	set(t, window, "postMessage", func(arguments []js.Value) any {
		hello, port := arguments[0], arguments[2].Index(0)
		port.Call("postMessage", map[string]any{"keepwell": "welcome", "nonce": hello.Get("nonce")})
		attach := protocol.Exchange{
			Method: protocol.MethodAttach, Params: protocol.AttachParams{Origin: origin}, Ports: []protocol.Port{dom.Port(port)},
		}
		go func() {
			if _, err := person.Do(t.Context(), attach); err != nil {
				t.Error(err)
			}
		}()
		return nil
	})

	blob := js.Global().Get("Blob").New([]any{module}, map[string]any{"type": "text/javascript"})
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	sdk, err := await(js.Global().Get("Function").New("address", "return import(address)").Invoke(address))
	if err != nil {
		t.Fatal(err)
	}
	health, err := await(sdk.Get("HealthStore").Call("connect", map[string]any{
		"host": host, "name": "Clinic", "purpose": "care", "privacyPolicy": origin + "/privacy",
		"usage": map[string]any{"clinical": "Shows your records beside your visits."},
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { health.Call("close") })
	return health
}

// set gives an object a method until the test ends.
func set(t *testing.T, object js.Value, name string, method func(arguments []js.Value) any) {
	before := object.Get(name)
	f := js.FuncOf(func(_ js.Value, arguments []js.Value) any { return method(arguments) })
	object.Set(name, f)
	t.Cleanup(func() {
		object.Set(name, before)
		f.Release()
	})
}

// call has Keepwell do what the person does in its pages.
func call(t *testing.T, person *protocol.Client, method string, params any) {
	t.Helper()
	if _, err := person.Call(t.Context(), method, params, nil); err != nil {
		t.Errorf("%s: %v", method, err)
	}
}

// await waits for a promise of the SDK. A HealthError comes back as a *store.Error.
func await(promise js.Value) (js.Value, error) {
	fulfilled, rejected := make(chan js.Value, 1), make(chan js.Value, 1)
	resolve := func(settled chan js.Value) js.Func {
		return js.FuncOf(func(_ js.Value, values []js.Value) any {
			settled <- values[0]
			return nil
		})
	}
	onFulfilled, onRejected := resolve(fulfilled), resolve(rejected)
	defer onFulfilled.Release()
	defer onRejected.Release()
	promise.Call("then", onFulfilled, onRejected)
	select {
	case value := <-fulfilled:
		return value, nil
	case reason := <-rejected:
		if code := reason.Get("code"); code.Type() == js.TypeString {
			return js.Undefined(), store.Errorf(store.Code(code.String()), "%s", reason.Get("message").String())
		}
		return js.Undefined(), fmt.Errorf("javascript: %s", reason.Call("toString").String())
	}
}
