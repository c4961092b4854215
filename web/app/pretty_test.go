package app

import (
	"strings"
	"testing"
)

func TestPrettyKeepsWhatIsWritten(t *testing.T) {
	text, whole := pretty([]byte(`{"value":1.00,"big":12345678901234567890,"text":"<é>","big":2}`))
	want := "{\n  \"value\": 1.00,\n  \"big\": 12345678901234567890,\n  \"text\": \"<é>\",\n  \"big\": 2\n}"
	if text != want || !whole {
		t.Errorf("pretty = %s (whole %v), want %s", text, whole, want)
	}
	if text, _ := pretty([]byte(`{"cut":`)); text != `{"cut":` {
		t.Errorf("what is no JSON became %q", text)
	}
	text, whole = pretty([]byte(`["` + strings.Repeat("é", maxShown) + `"]`))
	if whole || len(text) > maxShown || !strings.HasSuffix(text, "é") {
		t.Errorf("a long text is %d bytes (whole %v)", len(text), whole)
	}
}

func TestPrettyBoundsHostileNesting(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	if text, whole := pretty([]byte(deep)); text != deep || !whole {
		t.Errorf("9,000 levels became %d bytes", len(text))
	}
	for raw, want := range map[string]int{`{}`: 1, `{"a":["}]\"["]}`: 2, `"[[["`: 0, ``: 0, `[[[`: 3} {
		if got := depth([]byte(raw)); got != want {
			t.Errorf("depth(%s) = %d, want %d", raw, got, want)
		}
	}
}
