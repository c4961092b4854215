package protocol

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// script answers requests of a client as told, by method.
type script map[string]func(request Request, m Message, reply func(result string, buffers ...[]byte))

// newClient returns a client whose other end does what the script says.
func newClient(t *testing.T, s script) (*Client, Port) {
	t.Helper()
	near, far := Pipe()
	go func() {
		for m := range far.Receive() {
			var request Request
			if err := json.Unmarshal(m.JSON, &request); err != nil {
				t.Error(err)
			}
			if answer := s[request.Method]; answer != nil {
				answer(request, m, func(result string, buffers ...[]byte) {
					_ = far.Send(Message{JSON: AppendResult(nil, request.ID, []byte(result)), Buffers: buffers})
				})
			}
		}
	}()
	c := NewClient(near)
	t.Cleanup(func() { _ = c.Close(); _ = far.Close() })
	return c, far
}

func TestCall(t *testing.T) {
	c, _ := newClient(t, script{
		"echo": func(r Request, m Message, reply func(string, ...[]byte)) { reply(string(r.Params), m.Buffers...) },
	})
	var result map[string]any
	buffers, err := c.Do(t.Context(), Exchange{
		Method: "echo", Params: map[string]int{"a": 1}, Result: &result, Buffers: [][]byte{{1, 2}},
	})
	if err != nil || result["a"] != 1.0 || len(buffers) != 1 || len(buffers[0]) != 2 {
		t.Errorf("Do = %v, %v, result %v", buffers, err, result)
	}
	raw, _, err := c.CallRaw(t.Context(), "echo", json.RawMessage(`{"b":2}`))
	if err != nil || string(raw) != `{"b":2}` {
		t.Errorf("CallRaw = %s, %v", raw, err)
	}
	var wrong []int
	if _, err := c.Call(t.Context(), "echo", map[string]string{"secret": "7"}, &wrong); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a result of another shape: %v", err)
	}
	for _, params := range []any{make(chan int), json.RawMessage(`{`)} {
		_, err := c.Call(t.Context(), "echo", params, nil)
		var typed *store.Error
		if !errors.As(err, &typed) || typed.Code != store.CodeInvalidArgument {
			t.Errorf("params %T: %v", params, err)
		}
	}
}

func TestCallsRunSideBySide(t *testing.T) {
	held := make(chan func(), 1)
	c, _ := newClient(t, script{
		"slow": func(r Request, _ Message, reply func(string, ...[]byte)) { held <- func() { reply(`"slow"`) } },
		"fast": func(r Request, _ Message, reply func(string, ...[]byte)) { reply(`"fast"`) },
	})
	var slow string
	done := make(chan error)
	go func() {
		_, err := c.Call(t.Context(), "slow", nil, &slow)
		done <- err
	}()
	release := <-held
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			var fast string
			if _, err := c.Call(t.Context(), "fast", nil, &fast); err != nil || fast != "fast" {
				t.Errorf("fast = %q, %v", fast, err)
			}
		})
	}
	group.Wait()
	release()
	if err := <-done; err != nil || slow != "slow" {
		t.Errorf("slow = %q, %v", slow, err)
	}
}

func TestErrorsCrossThePort(t *testing.T) {
	near, far := Pipe()
	c := NewClient(near)
	defer c.Close()
	go func() {
		for m := range far.Receive() {
			var r Request
			_ = json.Unmarshal(m.JSON, &r)
			response, _ := json.Marshal(Response{ID: r.ID, Error: &Error{Code: store.CodeNoData, Message: "nothing here"}})
			_ = far.Send(Message{JSON: response})
		}
	}()
	_, err := c.Call(t.Context(), "resource", nil, nil)
	var typed *store.Error
	if !errors.As(err, &typed) || typed.Code != store.CodeNoData || typed.Text != "nothing here" {
		t.Errorf("error is %v", err)
	}
}

func TestToWire(t *testing.T) {
	secret := errors.New("glucose is 5.4")
	for _, test := range []struct {
		err  error
		code store.Code
	}{
		{store.Errorf(store.CodeNoData, "rule"), store.CodeNoData},
		{fmt.Errorf("wrapped: %w", store.Errorf(store.CodeInvalidArgument, "rule")), store.CodeInvalidArgument},
		{context.Canceled, store.CodeUserCanceled},
		{fmt.Errorf("reading: %w", context.DeadlineExceeded), store.CodeUserCanceled},
		{fmt.Errorf("put: %w", store.ErrQuota), store.CodeQuotaExceeded},
		{fmt.Errorf("open: %w", store.ErrSeal), store.CodeCorruptStore},
		{secret, store.CodeUnknown},
		{&store.Error{Code: store.CodeUnknown, Text: "safe", Err: secret}, store.CodeUnknown},
		{io.EOF, store.CodeUnknown},
	} {
		wire := ToWire(test.err)
		if wire.Code != test.code || strings.Contains(wire.Message, "glucose") {
			t.Errorf("ToWire(%v) = %+v, want %s", test.err, wire, test.code)
		}
	}
}

func TestACanceledCallHearsWhetherItWasDone(t *testing.T) {
	canceled := make(chan int64, 1)
	var reply func(string, ...[]byte)
	c, _ := newClient(t, script{
		"import": func(_ Request, _ Message, r func(string, ...[]byte)) { reply = r; canceled <- 0 },
		"cancel": func(r Request, _ Message, _ func(string, ...[]byte)) {
			var p CancelParams
			_ = json.Unmarshal(r.Params, &p)
			canceled <- p.Request
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(ctx, "import", nil, nil)
		done <- err
	}()
	<-canceled
	cancel()
	if id := <-canceled; id != 1 {
		t.Errorf("request %d was canceled, want 1", id)
	}
	select {
	case err := <-done:
		t.Errorf("the call returned %v before the engine's word", err)
	default:
	}
	reply(`{}`)
	if err := <-done; err != nil {
		t.Errorf("the import was done, the call says %v", err)
	}
}

func TestProgressComesToItsCall(t *testing.T) {
	near, far := Pipe()
	c := NewClient(near)
	defer c.Close()
	go func() {
		m := <-far.Receive()
		var r Request
		_ = json.Unmarshal(m.JSON, &r)
		for i := range 100 {
			_ = far.Send(Message{JSON: fmt.Appendf(nil, `{"event":"progress","params":{"request":%d,"records":%d}}`, r.ID, i)})
			_ = far.Send(Message{JSON: []byte(`{"event":"progress","params":{"request":99,"records":-1}}`)})
		}
		_ = far.Send(Message{JSON: []byte(`{"event":"progress","params":7}`)})
		_ = far.Send(Message{JSON: []byte(`not JSON`)})
		<-far.Receive() // the call has told its first progress
		_ = far.Send(Message{JSON: AppendResult(nil, r.ID, []byte(`{}`))})
	}()
	last := -1
	_, err := c.Do(t.Context(), Exchange{Method: "import", Progress: func(params json.RawMessage) {
		var p struct{ Records int }
		_ = json.Unmarshal(params, &p)
		if p.Records < last || p.Records < 0 {
			t.Errorf("progress %d after %d", p.Records, last)
		}
		if last < 0 {
			_ = near.Send(Message{})
		}
		last = p.Records
	}})
	if err != nil || last < 0 {
		t.Errorf("Do = %v, last progress %d", err, last)
	}
}

func TestEventsComeInOrderAndMayCall(t *testing.T) {
	c, far := newClient(t, script{"ping": func(_ Request, _ Message, reply func(string, ...[]byte)) { reply(`{}`) }})
	heard := make(chan string, 100)
	remove := c.On("changed", func(params json.RawMessage) {
		if _, err := c.Call(t.Context(), "ping", nil, nil); err != nil {
			t.Error(err)
		}
		heard <- string(params)
	})
	other := make(chan string, 100)
	c.On("changed", func(params json.RawMessage) { other <- string(params) })
	for i := range 20 {
		_ = far.Send(Message{JSON: fmt.Appendf(nil, `{"event":"changed","params":%d}`, i)})
	}
	for i := range 20 {
		if got := <-heard; got != fmt.Sprint(i) {
			t.Fatalf("event %s came in place of %d", got, i)
		}
		<-other
	}
	remove()
	_ = far.Send(Message{JSON: []byte(`{"event":"changed","params":"last"}`)})
	if got := <-other; got != `"last"` || len(heard) != 0 {
		t.Errorf("after remove: %s, %d heard", got, len(heard))
	}
}

func TestAClosedPortEndsCalls(t *testing.T) {
	asked := make(chan struct{}, 1)
	c, far := newClient(t, script{"wait": func(Request, Message, func(string, ...[]byte)) { asked <- struct{}{} }})
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(t.Context(), "wait", nil, nil)
		done <- err
	}()
	<-asked
	_ = far.Close()
	if err := <-done; !errors.Is(err, ErrPortClosed) {
		t.Errorf("error is %v", err)
	}
	<-c.Done()
	if _, err := c.Call(t.Context(), "wait", nil, nil); !errors.Is(err, ErrPortClosed) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestLeaveTellsWhy(t *testing.T) {
	asked := make(chan struct{}, 1)
	left := false
	c, _ := newClient(t, script{
		"wait":  func(Request, Message, func(string, ...[]byte)) { asked <- struct{}{} },
		"leave": func(_ Request, _ Message, reply func(string, ...[]byte)) { left = true; reply(`{}`) },
	})
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(t.Context(), "wait", nil, nil)
		done <- err
	}()
	<-asked
	why := errors.New("locked")
	c.Leave(why, "leave", time.Minute)
	c.Leave(errors.New("other"), "leave", time.Minute)
	if !left {
		t.Error("nobody was told")
	}
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("under way: %v", err)
	}
	if _, err := c.Call(t.Context(), "wait", nil, nil); !errors.Is(err, why) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPipe(t *testing.T) {
	left, right := Pipe()
	for i := range 1000 {
		if err := left.Send(Message{JSON: fmt.Appendf(nil, "%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	_ = left.Close()
	for i := range 1000 {
		if m := <-right.Receive(); string(m.JSON) != fmt.Sprint(i) {
			t.Fatalf("message %s in place of %d", m.JSON, i)
		}
	}
	if _, open := <-right.Receive(); open {
		t.Error("the pipe is open after its end")
	}
	if _, open := <-left.Receive(); open {
		t.Error("a closed end still receives")
	}
	if err := left.Send(Message{}); !errors.Is(err, ErrPortClosed) {
		t.Errorf("Send on a closed end: %v", err)
	}
	if err := right.Send(Message{}); !errors.Is(err, ErrPortClosed) {
		t.Errorf("Send to a closed end: %v", err)
	}
	_, _ = left.Close(), right.Close()
}

func FuzzReadResult(f *testing.F) {
	f.Add([]byte(`{"id":1,"result":{}}`))
	f.Add([]byte(`{"id":1,"error":{"code":"noData","message":""}}`))
	f.Add([]byte(`{"id":99999999999999999999,"result":{}}`))
	f.Add([]byte(`{"id":1,"result":`))
	f.Fuzz(func(t *testing.T, message []byte) {
		r, ok := readResult(message)
		if !ok {
			return
		}
		if again := AppendResult(nil, r.ID, r.Result); len(again) > len(message) || string(again[len(again)-len(r.Result)-1:]) != string(message[len(message)-len(r.Result)-1:]) {
			t.Errorf("%q was read as %+v", message, r)
		}
	})
}

// What ReadRequest reads is what decoding reads.
func FuzzReadRequest(f *testing.F) {
	for _, message := range []string{
		`{"id":1,"method":"query","params":{"type":"stepCount"}}`,
		`{"id":12,"method":"","params": null }`,
		`{"id":1,"method":"query"}`,
		`{"id":01,"method":"query","params":{}}`,
		`{"id":0,"method":"query","params":{}}`,
		`{"id":-1,"method":"query","params":{}}`,
		`{"id":1.5,"method":"query","params":{}}`,
		`{"id":99999999999999999999,"method":"query","params":{}}`,
		`{"id":1,"method":"qu\u0065ry","params":{}}`,
		`{"id":1,"method":"query","params":{}`,
		`{"id":1,"method":"query","params":}`,
		`{"id":1,"method":"query","params":{}}}`,
		`{"id":1,"method":"query","params":{},"more":{}}`,
		`{"id":1,"method":"query","params":{},"params":[]}`,
		`{"id":1,"method":"query","more":1,"method":"erase","params":{}}`,
	} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		r, ok := ReadRequest(message)
		if !ok {
			return
		}
		var want Request
		if err := json.Unmarshal(message, &want); err != nil {
			t.Fatalf("%q is not JSON: %v", message, err)
		}
		if r.ID != want.ID || r.Method != want.Method || !bytes.Equal(bytes.TrimSpace(r.Params), want.Params) {
			t.Errorf("%q was read as %+v", message, r)
		}
	})
}

func TestReadRequest(t *testing.T) {
	written, err := json.Marshal(Request{ID: 7, Method: MethodQuery, Params: json.RawMessage(`{"type":"stepCount"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := ReadRequest(written); !ok || r.ID != 7 || r.Method != MethodQuery || string(r.Params) != `{"type":"stepCount"}` {
		t.Errorf("%s was read as %+v, %t", written, r, ok)
	}
}
