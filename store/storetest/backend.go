// Package storetest holds the conformance suites of the store's ports, run on
// every implementation, natively and in browsers, and a Backend that fails on
// demand.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// TestBackend checks everything that store.Backend promises. open returns an
// empty Backend that nothing else uses; it closes it when its test ends.
func TestBackend(t *testing.T, open func(t *testing.T) store.Backend) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, b store.Backend)
	}{
		{"get", testGet},
		{"sizes", testSizes},
		{"copies", testCopies},
		{"order", testOrder},
		{"ranges", testRanges},
		{"delete", testDelete},
		{"batch order", testBatchOrder},
		{"expectations", testExpectations},
		{"atomicity", testAtomicity},
		{"yield error", testYieldError},
		{"many keys", testManyKeys},
		{"consistent scan", testConsistentScan},
		{"slow scan", testSlowScan},
		{"one winner", testOneWinner},
		{"concurrent use", testConcurrentUse},
		{"ended context", testEndedContext},
		{"closed", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func testGet(t *testing.T, b store.Backend) {
	ctx := t.Context()
	if _, err := b.Get(ctx, "absent"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of an absent key: %v, want ErrNotFound", err)
	}
	put(t, b, "a", []byte("one"))
	put(t, b, "a", []byte("two"))
	if got := get(t, b, "a"); string(got) != "two" {
		t.Errorf("Get after two puts = %q", got)
	}
}

func testSizes(t *testing.T, b store.Backend) {
	// Around the sizes at which engines change how they keep a value: 64 KiB in
	// Chromium, 1 MiB in Firefox.
	for _, size := range []int{0, 1, 2, 255, 4096, 64<<10 - 1, 64 << 10, 64<<10 + 1, 256 << 10, 1<<20 + 1, 5 << 20} {
		key := fmt.Sprintf("size/%07d", size)
		want := pattern(size)
		put(t, b, key, want)
		if got := get(t, b, key); !bytes.Equal(got, want) || got == nil {
			t.Errorf("a value of %d bytes came back as %d other bytes (nil: %t)", size, len(got), got == nil)
		}
	}
	for _, entry := range scan(t, b, "", "") {
		if !bytes.Equal(entry.Value, pattern(len(entry.Value))) {
			t.Errorf("the scan altered %s", entry.Key)
		}
	}
}

func testCopies(t *testing.T, b store.Backend) {
	value := []byte("before")
	put(t, b, "a", value)
	copy(value, "AFTER!")
	got := get(t, b, "a")
	if string(got) != "before" {
		t.Fatalf("the Backend kept the caller's memory: %q", got)
	}
	copy(got, "AFTER!")
	for _, entry := range scan(t, b, "", "") {
		copy(entry.Value, "AFTER!")
	}
	if again := get(t, b, "a"); string(again) != "before" {
		t.Errorf("the Backend gave its own memory away: %q", again)
	}
}

func testOrder(t *testing.T, b store.Backend) {
	sorted := []string{"!", "0", "10", "9", "A", "Z", "_", "a", "a/", "a/0", "a0", "aa", "b", "z", "~"}
	shuffled := slices.Clone(sorted)
	slices.Reverse(shuffled)
	shuffled[2], shuffled[7] = shuffled[7], shuffled[2]
	var batch store.Batch
	for _, key := range shuffled {
		batch.Put = append(batch.Put, store.Entry{Key: key, Value: []byte("value of " + key)})
	}
	apply(t, b, batch)
	wantKeys(t, b, "", "", sorted)
	for _, entry := range scan(t, b, "", "") {
		if string(entry.Value) != "value of "+entry.Key {
			t.Errorf("the scan pairs %q with %q", entry.Key, entry.Value)
		}
	}
}

func testRanges(t *testing.T, b store.Backend) {
	for _, key := range []string{"a", "b", "b/1", "b/2", "c"} {
		put(t, b, key, []byte(key))
	}
	for _, test := range []struct {
		from, to string
		want     []string
	}{
		{"", "", []string{"a", "b", "b/1", "b/2", "c"}},
		{"b", "", []string{"b", "b/1", "b/2", "c"}},
		{"", "b", []string{"a"}},
		{"b", "c", []string{"b", "b/1", "b/2"}},
		{"b/", "b0", []string{"b/1", "b/2"}},
		{"bb", "bc", nil},
		{"d", "", nil},
		{"b", "b", nil},
		{"c", "a", nil},
	} {
		wantKeys(t, b, test.from, test.to, test.want)
	}
}

func testDelete(t *testing.T, b store.Backend) {
	for _, key := range []string{"a", "b", "b/1", "b/2", "c", "d"} {
		put(t, b, key, []byte(key))
	}
	apply(t, b, store.Batch{Delete: []store.Range{{From: "absent"}, {From: "d", To: "d"}, {From: "d", To: "c"}}})
	wantKeys(t, b, "", "", []string{"a", "b", "b/1", "b/2", "c", "d"})
	apply(t, b, store.Batch{Delete: []store.Range{{From: "b"}}})
	wantKeys(t, b, "", "", []string{"a", "b/1", "b/2", "c", "d"})
	apply(t, b, store.Batch{Delete: []store.Range{{From: "b/", To: "c"}, {From: "d"}}})
	wantKeys(t, b, "", "", []string{"a", "c"})
	apply(t, b, store.Batch{})
	wantKeys(t, b, "", "", []string{"a", "c"})
}

func testBatchOrder(t *testing.T, b store.Backend) {
	put(t, b, "a", []byte("old"))
	apply(t, b, store.Batch{
		Expect: []store.Expectation{{Key: "a", Value: []byte("old")}, {Key: "b"}},
		Delete: []store.Range{{From: "a", To: "c"}},
		Put:    []store.Entry{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte("2")}, {Key: "a", Value: []byte("3")}},
	})
	if a, second := get(t, b, "a"), get(t, b, "b"); string(a) != "3" || string(second) != "2" {
		t.Errorf("after expect, delete, put: a = %q, b = %q; want 3 and 2", a, second)
	}
}

func testExpectations(t *testing.T, b store.Backend) {
	put(t, b, "full", []byte("value"))
	put(t, b, "empty", []byte{})
	for _, test := range []struct {
		name   string
		expect []store.Expectation
		holds  bool
	}{
		{"same value", []store.Expectation{{Key: "full", Value: []byte("value")}}, true},
		{"other value", []store.Expectation{{Key: "full", Value: []byte("other")}}, false},
		{"shorter value", []store.Expectation{{Key: "full", Value: []byte("valu")}}, false},
		{"absent", []store.Expectation{{Key: "absent"}}, true},
		{"absent, but there", []store.Expectation{{Key: "full"}}, false},
		{"there, but absent", []store.Expectation{{Key: "absent", Value: []byte("value")}}, false},
		{"empty", []store.Expectation{{Key: "empty", Value: []byte{}}}, true},
		{"empty is not absent", []store.Expectation{{Key: "empty"}}, false},
		{"absent is not empty", []store.Expectation{{Key: "absent", Value: []byte{}}}, false},
		{"the first fails", []store.Expectation{{Key: "full", Value: []byte("x")}, {Key: "absent"}}, false},
		{"the last fails", []store.Expectation{{Key: "full", Value: []byte("value")}, {Key: "empty"}}, false},
	} {
		err := b.Apply(t.Context(), store.Batch{Expect: test.expect, Put: []store.Entry{{Key: "out/" + test.name, Value: []byte{1}}}})
		if want := map[bool]error{true: nil, false: store.ErrConflict}[test.holds]; !errors.Is(err, want) {
			t.Errorf("%s: Apply = %v, want %v", test.name, err, want)
		}
		if found := len(scan(t, b, "out/"+test.name, "out/"+test.name+"!")) == 1; found != test.holds {
			t.Errorf("%s: written = %t, want %t", test.name, found, test.holds)
		}
	}
}

func testAtomicity(t *testing.T, b store.Backend) {
	put(t, b, "keep", []byte("1"))
	err := b.Apply(t.Context(), store.Batch{
		Expect: []store.Expectation{{Key: "keep", Value: []byte("2")}},
		Delete: []store.Range{{From: "", To: ""}, {From: "a", To: "z"}},
		Put:    []store.Entry{{Key: "keep", Value: []byte("3")}, {Key: "new", Value: []byte("3")}},
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Apply = %v, want ErrConflict", err)
	}
	wantKeys(t, b, "", "", []string{"keep"})
	if got := get(t, b, "keep"); string(got) != "1" {
		t.Errorf("a refused batch changed a value to %q", got)
	}
}

func testYieldError(t *testing.T, b store.Backend) {
	for i := range 100 {
		put(t, b, fmt.Sprintf("%03d", i), pattern(i))
	}
	stop, calls := errors.New("stop"), 0
	err := b.Scan(t.Context(), "", "", func(string, []byte) error {
		if calls++; calls == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || calls != 3 {
		t.Errorf("Scan = %v after %d calls, want the error of yield after 3", err, calls)
	}
	put(t, b, "after", nil) // nothing is left locked
}

func testManyKeys(t *testing.T, b store.Backend) {
	const count = 10_000 // more than any page of a Backend
	var batch store.Batch
	for i := range count {
		batch.Put = append(batch.Put, store.Entry{Key: fmt.Sprintf("k/%05d", i), Value: pattern(i % 300)})
	}
	apply(t, b, batch)
	keys, err := b.Keys(t.Context(), "k/", "k0")
	if err != nil || len(keys) != count || !slices.IsSorted(keys) {
		t.Fatalf("Keys found %d of %d (%v)", len(keys), count, err)
	}
	next := 100
	for _, entry := range scan(t, b, "k/00100", "k/09900") {
		if entry.Key != keys[next] || !bytes.Equal(entry.Value, pattern(next%300)) {
			t.Fatalf("entry %d of the scan is %s with %d bytes", next, entry.Key, len(entry.Value))
		}
		next++
	}
	if next != 9900 {
		t.Errorf("the scan ended at %d, want 9900", next)
	}
}

// testConsistentScan writes while a scan runs: the scan sees all of the old
// state or all of the new, although it takes several pages.
func testConsistentScan(t *testing.T, b store.Backend) {
	const count, size = 200, 30_000
	fill := func(mark byte) store.Batch {
		var batch store.Batch
		for i := range count {
			batch.Put = append(batch.Put, store.Entry{Key: fmt.Sprintf("%04d", i), Value: bytes.Repeat([]byte{mark}, size)})
		}
		return batch
	}
	apply(t, b, fill(1))
	written := make(chan error, 1)
	started, seen := false, map[byte]int{}
	err := b.Scan(t.Context(), "", "", func(_ string, value []byte) error {
		if !started {
			started = true
			go func() { written <- b.Apply(context.Background(), fill(2)) }()
		}
		seen[value[0]]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[1] != count {
		t.Errorf("the scan saw a mixture: %v", seen)
	}
}

// testSlowScan waits for something else in yield, as one that decrypts does.
func testSlowScan(t *testing.T, b store.Backend) {
	const count = 300
	for i := range count {
		put(t, b, fmt.Sprintf("%04d", i), pattern(100))
	}
	seen := 0
	err := b.Scan(t.Context(), "", "", func(string, []byte) error {
		seen++
		return otherWork(t.Context())
	})
	if err != nil || seen != count {
		t.Errorf("the scan saw %d of %d (%v)", seen, count, err)
	}
}

// testOneWinner races for one key as writers do for their turn.
func testOneWinner(t *testing.T, b store.Backend) {
	const racers = 8
	put(t, b, "epoch", []byte{0})
	results := make(chan error, racers)
	for i := range racers {
		go func() {
			results <- b.Apply(context.Background(), store.Batch{
				Expect: []store.Expectation{{Key: "epoch", Value: []byte{0}}},
				Put:    []store.Entry{{Key: "epoch", Value: []byte{byte(i + 1)}}},
			})
		}()
	}
	won := 0
	for range racers {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, store.ErrConflict):
			t.Errorf("a loser got %v, want ErrConflict", err)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won, want 1", won)
	}
}

func testConcurrentUse(t *testing.T, b store.Backend) {
	var workers sync.WaitGroup
	for i := range 6 {
		workers.Go(func() {
			for j := range 20 {
				key := fmt.Sprintf("%d/%02d", i, j)
				value := pattern(1000*i + j)
				if err := b.Apply(context.Background(), store.Batch{Put: []store.Entry{{Key: key, Value: value}}}); err != nil {
					t.Errorf("Apply: %v", err)
				}
				if got, err := b.Get(context.Background(), key); err != nil || !bytes.Equal(got, value) {
					t.Errorf("Get of %s: %d bytes, %v", key, len(got), err)
				}
				if _, err := b.Keys(context.Background(), fmt.Sprint(i), ""); err != nil {
					t.Errorf("Keys: %v", err)
				}
			}
		})
	}
	workers.Wait()
	if keys, err := b.Keys(t.Context(), "", ""); err != nil || len(keys) != 120 {
		t.Errorf("%d keys remain (%v), want 120", len(keys), err)
	}
}

func testEndedContext(t *testing.T, b store.Backend) {
	put(t, b, "a", []byte("1"))
	put(t, b, "b", []byte("1"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range everyCall(ended, b) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v, want context.Canceled", name, err)
		}
	}
	if got := get(t, b, "a"); string(got) != "1" {
		t.Error("Apply with an ended context wrote")
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Scan(ctx, "", "", func(string, []byte) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Scan whose context ends on the way: %v, want context.Canceled", err)
	}
}

func testClosed(t *testing.T, b store.Backend) {
	put(t, b, "a", []byte("1"))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range everyCall(t.Context(), b) {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
	}
	if err := b.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("a second Close: %v", err)
	}
}

// everyCall makes each call of the port once, where it would have work to do.
func everyCall(ctx context.Context, b store.Backend) map[string]error {
	_, get := b.Get(ctx, "a")
	_, keys := b.Keys(ctx, "", "")
	_, none := b.Keys(ctx, "b", "a")
	return map[string]error{
		"Get": get, "Keys": keys, "Keys of nothing": none,
		"Scan":  b.Scan(ctx, "", "", func(string, []byte) error { return nil }),
		"Apply": b.Apply(ctx, store.Batch{Put: []store.Entry{{Key: "a", Value: []byte("2")}}}),
	}
}
