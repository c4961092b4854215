//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/web/protocol"
)

// Boot is what the script that starts the page (web/static/start.mjs) lends it.
type Boot struct{ value js.Value }

// NewBoot takes hold of the object that the boot script made.
func NewBoot(value js.Value) Boot { return Boot{value} }

// EnginePort is the port to the engine.
func (b Boot) EnginePort() protocol.Port { return Port(b.value.Get("engine").Get("port")) }

// EndEngine ends the engine's worker, with all that it holds in memory.
func (b Boot) EndEngine() { b.value.Get("engine").Call("end") }

// Styles is the address of the style sheet, for an Overlay.
func (b Boot) Styles() string { return b.value.Get("styles").String() }

// Restart has the boot script start both halves afresh once this program has
// ended, which is the caller's next duty.
func (b Boot) Restart() *Later { return &Later{b.value.Call("restart")} }

// Later is something that comes after this program has ended.
type Later struct{ promise js.Value }
