package host

import (
	"slices"
	"strings"
	"testing"
)

func TestParseOrigins(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       nil,
		"  \n":                   nil,
		"https://portal.example": {"https://portal.example"},
		" https://a.example:8443  http://localhost:8081\nhttp://127.0.0.1": {"https://a.example:8443", "http://localhost:8081", "http://127.0.0.1"},
		"https://xn--bcher-kva.example":                                    {"https://xn--bcher-kva.example"},
	} {
		if got, err := ParseOrigins(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestBadOrigins(t *testing.T) {
	for _, bad := range []string{
		"portal.example", "http://portal.example", "https://", "https://portal.example/", "https://portal.example/page",
		"https://*.portal.example", "*", "'self'", "null", "<null>", "https:", "data:", "https://person@portal.example",
		"https://portal.example;", "https://portal.example;script-src", "https://portal.example,https://b.example",
		"https://Portal.example", "https://bücher.example", "https://portal..example", "https://portal.example:",
		"https://portal.example:123456", "https://[::1]", "HTTPS://portal.example", "https://portal.example\x00",
		"http://localhost.portal.example", "http://127.0.0.1.example",
	} {
		origins, err := ParseOrigins("https://good.example " + bad)
		if err == nil {
			t.Errorf("%q became %q", bad, origins)
		} else if !strings.Contains(err.Error(), "item 2 ") || strings.Contains(err.Error(), "portal") {
			t.Errorf("%q: %v does not tell the place, or tells the value", bad, err)
		}
	}
}

// FuzzParseOrigins holds that no setting can become more of a policy than origins.
func FuzzParseOrigins(f *testing.F) {
	for _, seed := range []string{"https://portal.example", "http://localhost:8081 https://a.example:1", "https://a.example;script-src *", "'self'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origins, err := ParseOrigins(text)
		for _, origin := range origins {
			if err != nil || strings.ContainsAny(strings.Replace(origin, "://", "", 1), "; ,'*\"\n\r\t@/?#") {
				t.Errorf("%q gave %q, %v", text, origin, err)
			}
		}
	})
}
