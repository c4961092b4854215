package broker

import (
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	good := hello{fromPeer: true, origin: "https://portal.example", kind: kindHello, nonce: "n1", ports: 1}
	for _, test := range []struct {
		name   string
		change func(*hello)
		want   verdict
	}{
		{"a hello of the opener", func(*hello) {}, connect},
		{"from localhost", func(h *hello) { h.origin = "http://localhost:8081" }, connect},

		{"another window than the opener", func(h *hello) { h.fromPeer = false }, ignore},
		{"not a hello", func(h *hello) { h.kind = "goodbye" }, ignore},
		{"a request to show what is locked", func(h *hello) { h.kind = kindShow }, ignore},
		{"our own ready, sent back", func(h *hello) { h.kind = kindReady }, ignore},
		{"no nonce", func(h *hello) { h.nonce = "" }, ignore},
		{"a nonce to fill the memory", func(h *hello) { h.nonce = strings.Repeat("n", maxNonce+1) }, ignore},
		{"no port", func(h *hello) { h.ports = 0 }, ignore},
		{"two ports", func(h *hello) { h.ports = 2 }, ignore},

		{"an opaque origin", func(h *hello) { h.origin = "null" }, refuse},
		{"plain http", func(h *hello) { h.origin = "http://portal.example" }, refuse},
		{"a file", func(h *hello) { h.origin = "file://" }, refuse},
		{"inside a frame", func(h *hello) { h.framed = true }, refuse},
		{"inside a frame that serves this origin", func(h *hello) { h.framed, h.embedder = true, h.origin }, connect},
		{"inside a frame that serves another", func(h *hello) { h.framed, h.embedder = true, "https://other.example" }, ignore},
		{"opaque and not the opener", func(h *hello) { h.origin, h.fromPeer = "null", false }, ignore},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := good
			test.change(&h)
			got, reason := judge(h)
			if got != test.want {
				t.Errorf("judge = %v, want %v", got, test.want)
			}
			if (reason != "") != (got == refuse) {
				t.Errorf("verdict %v comes with reason %q", got, reason)
			}
		})
	}
}
