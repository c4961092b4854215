package store

import (
	"slices"
	"sync"
)

// observers are told of every commit, of this tab or seen by Refresh.
type observers struct {
	mu    sync.Mutex
	next  int
	calls map[int]func(types []TypeID)
}

// Observe calls changed after every commit, of this tab or found by Refresh,
// with the types of which something was added or deleted. The call happens
// before the commit returns, so changed must not wait for the store. What an
// app may learn of it is for the caller to decide: see Client.Saw.
func (s *Store) Observe(changed func(types []TypeID)) (stop func()) {
	o := &s.observers
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls == nil {
		o.calls = map[int]func([]TypeID){}
	}
	id := o.next
	o.next++
	o.calls[id] = changed
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.calls, id)
	}
}

func (o *observers) tell(types []TypeID) {
	if len(types) == 0 {
		return
	}
	slices.Sort(types)
	types = slices.Compact(types)
	o.mu.Lock()
	calls := make([]func([]TypeID), 0, len(o.calls))
	for _, call := range o.calls {
		calls = append(calls, call)
	}
	o.mu.Unlock()
	for _, call := range calls {
		call(slices.Clone(types))
	}
}
