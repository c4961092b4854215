package storetest

import (
	"context"
	"errors"
	"sync"

	"github.com/keepwell-health/keepwell/store"
)

// ErrFault is what a Faulty returns for the call that fails.
var ErrFault = errors.New("storetest: the medium failed here")

// When tells on which side of its effect a call fails. A caller can't tell the
// two apart, and must be right after both.
type When bool

const (
	BeforeEffect When = false // nothing has happened
	AfterEffect  When = true  // all of it has happened
)

// Faulty is a Backend whose n-th call fails. Run a scenario for n = 1, 2, ...
// until Reached says that its calls did not suffice.
type Faulty struct {
	store.Backend
	// Err is returned by the call that fails; nil stands for ErrFault.
	Err error
	// Down makes every call after the failing one fail too, as when a browser
	// takes the database away; otherwise just one fails.
	Down bool

	mu    sync.Mutex
	after int
	when  When
	calls int
}

// NewFaulty returns backend with the n-th call, from 1, failing. Close counts
// as no call. No call fails when n is 0.
func NewFaulty(backend store.Backend, n int, when When) *Faulty {
	return &Faulty{Backend: backend, after: n, when: when}
}

// Calls returns how many calls were made.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Reached reports whether the failing call was made.
func (f *Faulty) Reached() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.after > 0 && f.calls >= f.after
}

// call does one call of the port, or fails it.
func (f *Faulty) call(do func() error) error {
	if !f.fails() {
		return do()
	}
	if f.when == AfterEffect {
		if err := do(); err != nil {
			return err
		}
	}
	if f.Err != nil {
		return f.Err
	}
	return ErrFault
}

func (f *Faulty) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	return f.after > 0 && (f.calls == f.after || f.Down && f.calls > f.after)
}

// Get implements store.Backend.
func (f *Faulty) Get(ctx context.Context, key string) (value []byte, err error) {
	err = f.call(func() error { value, err = f.Backend.Get(ctx, key); return err })
	if err != nil {
		return nil, err
	}
	return value, nil
}

// Scan implements store.Backend.
func (f *Faulty) Scan(ctx context.Context, from, to string, yield func(key string, value []byte) error) error {
	return f.call(func() error { return f.Backend.Scan(ctx, from, to, yield) })
}

// Keys implements store.Backend.
func (f *Faulty) Keys(ctx context.Context, from, to string) (keys []string, err error) {
	err = f.call(func() error { keys, err = f.Backend.Keys(ctx, from, to); return err })
	if err != nil {
		return nil, err
	}
	return keys, nil
}

// Apply implements store.Backend.
func (f *Faulty) Apply(ctx context.Context, batch store.Batch) error {
	return f.call(func() error { return f.Backend.Apply(ctx, batch) })
}
