//go:build js && wasm

package jsx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall/js"
	"testing"
	"time"
)

// eval makes a JavaScript value; tests alone may do so.
func eval(code string) js.Value { return js.Global().Call("eval", code) }

func TestAwait(t *testing.T) {
	for code, want := range map[string]string{
		`Promise.resolve("now")`:                                    "now",
		`new Promise(done => setTimeout(() => done("later"), 1))`:   "later",
		`({then(done) { done("thenable") }})`:                       "thenable",
		`"no promise"`:                                              "no promise",
		`Promise.resolve(1).then(() => Promise.resolve("chained"))`: "chained",
	} {
		if value, err := Await(t.Context(), eval(code)); err != nil || value.String() != want {
			t.Errorf("Await of %s = %v, %v", code, value, err)
		}
	}
}

func TestAwaitRejected(t *testing.T) {
	for code, want := range map[string]string{
		`Promise.reject(new TypeError("m"))`:                          "TypeError",
		`Promise.reject(new DOMException("m", "QuotaExceededError"))`: "QuotaExceededError",
		`Promise.reject("text")`:                                      "Error",
		`Promise.reject()`:                                            "Error",
		`Promise.reject({})`:                                          "Error",
		`({get then() { throw new RangeError() }})`:                   "RangeError",
	} {
		_, err := Await(t.Context(), eval(code))
		var exception *Error
		if !errors.As(err, &exception) || exception.Name != want || !Named(err, "x", want) || Named(err, "x") {
			t.Errorf("Await of %s: %v, want %s", code, err, want)
		}
	}
}

func TestAwaitEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(0, cancel)
	if _, err := Await(ctx, eval(`new Promise(() => {})`)); !errors.Is(err, context.Canceled) {
		t.Errorf("Await = %v, want context.Canceled", err)
	}
}

func TestTry(t *testing.T) {
	if _, err := Call(eval(`({f() { throw new SyntaxError("m") }})`), "f"); !Named(err, "SyntaxError") {
		t.Errorf("Call of a method that throws: %v", err)
	}
	if _, err := Get(eval(`({get p() { throw new DOMException("m", "SecurityError") }})`), "p"); !Named(err, "SecurityError") {
		t.Errorf("Get of a property that throws: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("Try recovered a fault of the program")
		}
	}()
	_, _ = Try(func() js.Value { panic("a fault") })
}

// publicError is what a store's error looks like from here.
type publicError struct{}

func (publicError) Error() string               { return "with a secret inside" }
func (publicError) Public() (code, text string) { return "noData", "for all to see" }

func TestPromise(t *testing.T) {
	value, err := Await(t.Context(), Promise(func() (any, error) { return 7, nil }))
	if err != nil || value.Int() != 7 {
		t.Errorf("a promise of 7 = %v, %v", value, err)
	}
	for _, test := range []struct {
		err        error
		code, text string
	}{
		{publicError{}, "noData", "for all to see"},
		{fmt.Errorf("wrapped: %w", publicError{}), "noData", "for all to see"},
		{errors.New("secret"), "unknown", "an unexpected failure"},
	} {
		_, err := Await(t.Context(), Promise(func() (any, error) { return nil, test.err }))
		var exception *Error
		if !errors.As(err, &exception) {
			t.Fatalf("rejected with %v", err)
		}
		if code := exception.Value.Get("code").String(); code != test.code || exception.Message != test.text {
			t.Errorf("%v rejects with %s: %s", test.err, code, exception.Message)
		}
		if !exception.Value.InstanceOf(js.Global().Get("Error")) {
			t.Error("the reason is no Error")
		}
	}
}

func TestBytes(t *testing.T) {
	want := []byte{1, 2, 3, 255}
	array := Uint8Array(want)
	values := map[string]js.Value{
		"Uint8Array":  array,
		"ArrayBuffer": array.Get("buffer"),
		"part":        eval(`new Uint8Array([0, 1, 2, 3, 255, 9])`).Call("subarray", 1, 5),
		"DataView":    js.Global().Get("DataView").New(array.Get("buffer")),
	}
	for name, value := range values {
		if got := Bytes(value); !IsBytes(value) || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, code := range []string{`undefined`, `null`, `"text"`, `[1, 2]`, `({byteLength: 1})`} {
		if IsBytes(eval(code)) {
			t.Errorf("%s passes for bytes", code)
		}
	}
	if got := Bytes(Uint8Array(nil)); len(got) != 0 {
		t.Errorf("no bytes came back as %v", got)
	}
}

func TestListen(t *testing.T) {
	target := eval(`new EventTarget()`)
	dispatch := func() { target.Call("dispatchEvent", js.Global().Get("Event").New("x")) }
	var all, once int
	remove := Listen(target, "x", func(js.Value) { all++ })
	ListenOnce(target, "x", func(js.Value) { once++ })
	dispatch()
	dispatch()
	remove()
	remove()
	dispatch()
	if all != 2 || once != 1 {
		t.Errorf("heard %d and once %d, want 2 and 1", all, once)
	}
}

func TestPort(t *testing.T) {
	channel := eval(`new MessageChannel()`)
	one, two := NewPort(channel.Get("port1")), NewPort(channel.Get("port2"))
	defer one.Close()
	defer two.Close()
	further := eval(`new MessageChannel()`)
	sent := Envelope{
		JSON:    []byte(`{"é":"\u0000"}`),
		Buffers: [][]byte{{1, 2, 3}, {}, bytes.Repeat([]byte{7}, 1<<20)},
		Files:   []js.Value{eval(`new File(["abc"], "a.json")`)},
		Ports:   []js.Value{further.Get("port1")},
	}
	channel.Get("port1").Call("postMessage", "not an envelope")
	channel.Get("port1").Call("postMessage", eval(`({json: "{}", buffers: ["no bytes"]})`))
	if err := one.Send(sent); err != nil {
		t.Fatal(err)
	}
	if err := one.Send(Envelope{JSON: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	got := <-two.Receive()
	if string(got.JSON) != string(sent.JSON) || len(got.Buffers) != 3 || !bytes.Equal(got.Buffers[2], sent.Buffers[2]) {
		t.Errorf("received %s with %d buffers", got.JSON, len(got.Buffers))
	}
	if len(got.Files) != 1 || got.Files[0].Get("name").String() != "a.json" || len(got.Ports) != 1 {
		t.Errorf("received %d files and %d ports", len(got.Files), len(got.Ports))
	}
	if next := <-two.Receive(); string(next.JSON) != "{}" {
		t.Errorf("the second envelope is %s", next.JSON)
	}
	if err := one.Send(sent); !Named(err, "DataCloneError") {
		t.Errorf("sending a port twice: %v", err)
	}
	two.Close()
	if _, open := <-two.Receive(); open {
		t.Error("a closed port receives")
	}
}

func TestYield(t *testing.T) {
	ran := false
	callback := js.FuncOf(func(js.Value, []js.Value) any { ran = true; return nil })
	defer callback.Release()
	js.Global().Call("queueMicrotask", callback)
	Yield()
	if !ran {
		t.Error("Yield did not give way to the event loop")
	}
	done := make(chan int, 10)
	for i := range 10 {
		go func() { Yield(); done <- i }()
	}
	for range 10 {
		<-done
	}
}

// testBlob makes a blob of size bytes in which every chunk differs.
func testBlob(size int) ([]byte, js.Value) {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return data, js.Global().Get("File").New([]any{Uint8Array(data)}, "name.ndjson")
}

func TestBlob(t *testing.T) {
	data, value := testBlob(4*blobChunk + 12345)
	blob := NewBlob(t.Context(), value)
	if blob.Size() != int64(len(data)) || blob.Name() != "name.ndjson" {
		t.Errorf("size %d, name %s", blob.Size(), blob.Name())
	}
	for _, span := range [][2]int64{
		{0, 10}, {5, 5}, {blobChunk - 3, 7}, {blobChunk, 1}, {4*blobChunk + 12340, 5}, {0, blobChunk + 1}, {100, 1}, {0, int64(len(data))},
	} {
		got := make([]byte, span[1])
		n, err := blob.ReadAt(got, span[0])
		if err != nil || n != len(got) || !bytes.Equal(got, data[span[0]:span[0]+span[1]]) {
			t.Errorf("ReadAt %d of %d bytes: %d, %v", span[0], span[1], n, err)
		}
	}
	for _, span := range [][2]int64{{int64(len(data)) - 5, 10}, {int64(len(data)), 1}, {1 << 40, 1}} {
		n, err := blob.ReadAt(make([]byte, span[1]), span[0])
		if want := max(0, int64(len(data))-span[0]); !errors.Is(err, io.EOF) || int64(n) != want {
			t.Errorf("ReadAt past the end, at %d: %d, %v; want %d, EOF", span[0], n, err, want)
		}
	}
	if len(blob.chunks) > 1+blobAhead {
		t.Errorf("%d chunks are held", len(blob.chunks))
	}
}

func TestBlobErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, value := testBlob(100)
	blob := NewBlob(ctx, value)
	cancel()
	if _, err := blob.ReadAt(make([]byte, 1), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadAt with an ended context: %v", err)
	}
	gone := NewBlob(t.Context(), eval(`({size: 10, slice() { return {arrayBuffer() {
		return Promise.reject(new DOMException("gone", "NotReadableError")) }} }})`))
	if _, err := gone.ReadAt(make([]byte, 1), 0); !Named(err, "NotReadableError") {
		t.Errorf("ReadAt of a file that is gone: %v", err)
	}
	short := NewBlob(t.Context(), eval(`({size: 10, slice() { return new Blob([]) }})`))
	if _, err := short.ReadAt(make([]byte, 1), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ReadAt of a file that shrank: %v", err)
	}
}

func BenchmarkBlob(b *testing.B) {
	const size = 64 << 20
	_, value := testBlob(size)
	for _, piece := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprint(piece), func(b *testing.B) {
			b.SetBytes(size)
			p := make([]byte, piece)
			for b.Loop() {
				reader := io.NewSectionReader(NewBlob(b.Context(), value), 0, size)
				if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{reader}, p); err != nil || n != size {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func TestLocationOfTheBrowser(t *testing.T) {
	zone := Location()
	for _, at := range []string{"1985-02-03T04:05:06Z", "1999-07-01T00:00:00Z", "2026-12-31T23:59:59Z"} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		want := js.Global().Get("Date").New(at).Call("getHours").Int()
		if got := instant.In(zone).Hour(); got != want {
			t.Errorf("%s in %s: hour %d, want %d", at, zone, got, want)
		}
	}
}
