package dom

import "testing"

func TestIsClutter(t *testing.T) {
	for name, want := range map[string]bool{
		"records/.DS_Store":       true,
		"__MACOSX/._bundle.json":  true,
		"a/__MACOSX/bundle.json":  true,
		"records/._bundle.json":   true,
		"Thumbs.db":               true,
		"records/bundle.json":     false,
		"records/.bundle.json":    false,
		"MACOSX/bundle.json":      false,
		"apple_health_export.zip": false,
	} {
		if got := isClutter(name); got != want {
			t.Errorf("isClutter(%q) = %v, want %v", name, got, want)
		}
	}
}
