//go:build js && wasm

package jsx

import (
	"strings"
	"syscall/js"
	"testing"
)

func TestLimitedPort(t *testing.T) {
	channel := js.Global().Get("MessageChannel").New()
	sender, port := channel.Get("port1"), NewPort(channel.Get("port2"))
	defer sender.Call("close")
	defer port.Close()
	port.Limit(10)
	post := func(message map[string]any, transfer ...any) Envelope {
		sender.Call("postMessage", message, transfer)
		return <-port.Receive()
	}
	if e := post(map[string]any{"json": "0123456789"}); string(e.JSON) != "0123456789" || e.Buffers != nil {
		t.Errorf("a text of the limit's length came as %q, %v", e.JSON, e.Buffers)
	}
	if e := post(map[string]any{"json": strings.Repeat("é", 1_000_000)}); string(e.JSON) != strings.Repeat("é", 11) {
		t.Errorf("a long text came as %d bytes", len(e.JSON))
	}
	buffer := Uint8Array(make([]byte, 1_000_000)).Get("buffer")
	if e := post(map[string]any{"json": "{}", "buffers": []any{buffer}}, buffer); len(e.Buffers) != 1 || len(e.Buffers[0]) != 0 {
		t.Errorf("a buffer came as %d buffers", len(e.Buffers))
	}
	other := js.Global().Get("MessageChannel").New().Get("port1")
	if e := post(map[string]any{"json": "{}", "ports": []any{other}}, other); len(e.Buffers) != 1 || e.Ports != nil {
		t.Errorf("a port came as %d ports", len(e.Ports))
	}
	for _, stray := range []any{nil, 7, "text", map[string]any{"json": 7}, map[string]any{}} {
		sender.Call("postMessage", stray)
	}
	if e := post(map[string]any{"json": "next", "buffers": 7, "files": map[string]any{"length": 0}}); string(e.JSON) != "next" || e.Buffers != nil {
		t.Errorf("after strays comes %q", e.JSON)
	}
}

func TestAPortSendsNoEmptyLists(t *testing.T) {
	channel := js.Global().Get("MessageChannel").New()
	port, receiver := NewPort(channel.Get("port1")), channel.Get("port2")
	defer port.Close()
	keys := make(chan string, 1)
	defer Listen(receiver, "message", func(event js.Value) {
		keys <- js.Global().Get("Object").Call("keys", event.Get("data")).Call("sort").Call("join").String()
	})()
	receiver.Call("start")
	for _, test := range []struct {
		envelope Envelope
		want     string
	}{
		{Envelope{JSON: []byte("{}")}, "json"},
		{Envelope{JSON: []byte("{}"), Buffers: [][]byte{{1}}}, "buffers,json"},
	} {
		if err := port.Send(test.envelope); err != nil {
			t.Fatal(err)
		}
		if got := <-keys; got != test.want {
			t.Errorf("sent %s, want %s", got, test.want)
		}
	}
}

// Whoever sends without waiting: others that share the event loop have their turn
// soon. Some browsers see to that by themselves and deliver all there is; in the others
// the port closes.
func TestLimitedPortLeavesTurnsToOthers(t *testing.T) {
	long := js.Global().Get("String").Get("prototype").Get("repeat").Call("call", "x", 64*turnUnit)
	for _, test := range []struct {
		name        string
		text        any
		count, most int
	}{
		{"as many as may come at once", "{}", maxTurn, maxTurn},
		{"more", "{}", 3 * maxTurn, maxTurn},
		{"few, but long", long, maxTurn / 16, maxTurn / 64},
	} {
		t.Run(test.name, func(t *testing.T) {
			channel := js.Global().Get("MessageChannel").New()
			sender, port := channel.Get("port1"), NewPort(channel.Get("port2"))
			defer sender.Call("close")
			defer port.Close()
			port.Limit(64 * turnUnit)
			for range test.count {
				sender.Call("postMessage", map[string]any{"json": test.text})
			}
			<-port.Receive()
			received, open := 1, true
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				for received < test.count && open {
					if _, open = <-port.Receive(); open {
						received++
					}
				}
			}()
			Yield()
			if received > test.most {
				t.Errorf("a turn came after %d messages, want it after %d at most", received, test.most)
			}
			<-ended
			if open != (received == test.count) || test.count <= test.most && !open {
				t.Errorf("the port is open (%v) after %d of %d messages", open, received, test.count)
			}
		})
	}
}

// Who waits for answers may send without end.
func TestLimitedPortForgetsEarlierTurns(t *testing.T) {
	channel := js.Global().Get("MessageChannel").New()
	sender, port := channel.Get("port1"), NewPort(channel.Get("port2"))
	defer sender.Call("close")
	defer port.Close()
	port.Limit(10)
	for range 3 {
		for range maxTurn / 2 {
			sender.Call("postMessage", map[string]any{"json": "{}"})
		}
		for n := range maxTurn / 2 {
			if _, open := <-port.Receive(); !open {
				t.Fatalf("closed after %d", n)
			}
		}
		Yield()
		Yield()
	}
}
