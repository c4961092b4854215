package dom

import "testing"

func TestIsWebAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"https://portal.example/privacy":     true,
		"http://localhost:8081/privacy":      true,
		"http://127.0.0.1:8081/":             true,
		"http://portal.example/privacy":      false,
		"https://bank.example@evil.example/": false,
		"javascript:alert(1)":                false,
		"JavaScript:alert(1)":                false,
		"data:text/html,x":                   false,
		"blob:https://portal.example/1":      false,
		"//portal.example/privacy":           false,
		"/privacy":                           false,
		"https:///privacy":                   false,
		"":                                   false,
		"https://portal.example/\x00":        false,
	} {
		if got := IsWebAddress(address); got != want {
			t.Errorf("IsWebAddress(%q) = %v, want %v", address, got, want)
		}
	}
}
