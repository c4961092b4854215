//go:build js && wasm

package dom

import (
	"sync"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Strength is how well a passphrase stands against who tries out what people
// choose, as zxcvbn-ts estimates it (web/static/vendor).
type Strength struct {
	Score   int    // 0, guessed at once, to 4, hard to guess even from the disk
	Warning string // zxcvbn's key of what is weak about it, or ""
}

// estimator is zxcvbn with its lists of common passwords and words; undefined
// where its scripts have not arrived.
var estimator = sync.OnceValue(func() js.Value {
	library := js.Global().Get("zxcvbnts")
	if !library.Truthy() || !library.Get("core").Truthy() || !library.Get("language-common").Truthy() {
		return js.Undefined()
	}
	common := library.Get("language-common")
	library.Get("core").Get("zxcvbnOptions").Call("setOptions", map[string]any{
		"dictionary": common.Get("dictionary"), "graphs": common.Get("adjacencyGraphs"),
	})
	return library.Get("core")
})

// StrengthOf estimates a passphrase, in this page and nowhere else.
func StrengthOf(text string) (Strength, bool) {
	library := estimator()
	if library.IsUndefined() {
		return Strength{}, false
	}
	result, err := jsx.Call(library, "zxcvbn", text)
	if err != nil {
		return Strength{}, false
	}
	strength := Strength{Score: result.Get("score").Int()}
	if warning := result.Get("feedback").Get("warning"); warning.Type() == js.TypeString {
		strength.Warning = warning.String()
	}
	return strength, true
}

// Meter is a native gauge.
type Meter struct{ *Element }

// NewMeter makes a gauge from 0 to most, empty at first.
func NewMeter(most string, parts ...Part) *Meter {
	return &Meter{New("meter", Attribute("min", "0"), Attribute("max", most), Attribute("value", "0"), Parts(parts...))}
}

// Set fills the gauge.
func (m *Meter) Set(value int) { m.node.Set("value", value) }
