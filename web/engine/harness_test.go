package engine

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

const portalOrigin = "https://portal.example"

// clinic is a portal that says all that it may be asked for.
var clinic = store.AppDescription{
	Name: "Riverside Clinic",
	Usage: store.Usage{
		Share:    "Shows your steps beside your visits.",
		Update:   "Keeps what we measure at your visits.",
		Clinical: "Shows your records beside your visits.",
	},
	Purpose:       store.PurposeCare,
	PrivacyPolicy: "https://portal.example/privacy",
}

// world is an engine with a person's page, as a test finds it.
type world struct {
	t      *testing.T
	engine *Engine
	page   *protocol.Client
	asked  chan protocol.Asking // sheets that the page must show
	ended  chan int64           // sheets that it must take off
	clock  *clock
}

type clock struct{ now time.Time }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, asked: make(chan protocol.Asking, 100), ended: make(chan int64, 100),
		clock: &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
	}
	w.engine = New(Options{
		Open: openMem(t, func() time.Time { return w.clock.now }), Now: func() time.Time { return w.clock.now },
		Spool: func(context.Context, string) Spool { return &memSpool{} }, workFactor: 2,
	})
	w.page = w.newPage(t.Context())
	return w
}

// openMem opens an empty store in memory, under a key of its own. now is its clock.
func openMem(t *testing.T, now func() time.Time) func(ctx context.Context) (*store.Store, error) {
	return func(ctx context.Context) (*store.Store, error) {
		backend := mem.New()
		keys, err := seal.OpenKeyring(ctx, backend, seal.NewMemoryKeys())
		if err != nil {
			return nil, err
		}
		sealer, err := keys.Sealer()
		if err != nil {
			return nil, err
		}
		s, err := store.Open(ctx, backend, sealer, store.Options{Now: now})
		if err == nil {
			t.Cleanup(func() { _ = s.Close() })
		}
		return s, err
	}
}

// newPage serves a page of the person until ctx ends.
func (w *world) newPage(ctx context.Context) *protocol.Client {
	near, far := protocol.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		w.engine.Serve(ctx, far, Person())
	}()
	w.t.Cleanup(func() {
		_ = near.Close()
		<-served
	})
	page := protocol.NewClient(near)
	page.On(protocol.EventAsking, func(params json.RawMessage) {
		var asking protocol.Asking
		w.must(json.Unmarshal(params, &asking))
		w.asked <- asking
	})
	page.On(protocol.EventAskingEnded, func(params json.RawMessage) {
		var ended protocol.AskingEnded
		w.must(json.Unmarshal(params, &ended))
		w.ended <- ended.Asking
	})
	return page
}

// attach connects a portal of an origin by the page, without a hello.
func (w *world) attach(origin string) protocol.Port {
	w.t.Helper()
	near, far := protocol.Pipe()
	_, err := w.page.Do(w.t.Context(), protocol.Exchange{
		Method: protocol.MethodAttach, Params: protocol.AttachParams{Origin: origin}, Ports: []protocol.Port{far},
	})
	w.must(err)
	return near
}

// portal connects and introduces a portal.
func (w *world) portal(origin string) *protocol.Client {
	w.t.Helper()
	client := protocol.NewClient(w.attach(origin))
	var hello protocol.HelloResult
	w.call(client, protocol.MethodHello, clinic, &hello)
	if hello.Origin != origin {
		w.t.Fatalf("hello says %s, want %s", hello.Origin, origin)
	}
	return client
}

// call fails the test when the call fails.
func (w *world) call(client *protocol.Client, method string, params, result any) {
	w.t.Helper()
	if _, err := client.Call(w.t.Context(), method, params, result); err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
}

// answer has the person answer the next sheet.
func (w *world) answer(a store.Answer) protocol.Asking {
	w.t.Helper()
	asking := <-w.asked
	w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: a}, nil)
	return asking
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// later runs f at once and returns where its error will be.
func later(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

func wantCode(t *testing.T, err error, code store.Code) {
	t.Helper()
	var typed *store.Error
	if !errors.As(err, &typed) || typed.Code != code {
		t.Errorf("error is %v, want %s", err, code)
	}
}
