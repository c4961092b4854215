package protocol

import "testing"

func TestCheckOrigin(t *testing.T) {
	for _, test := range []struct {
		origin string
		ok     bool
	}{
		{"https://portal.example", true},
		{"https://portal.example:8443", true},
		{"https://xn--bcher-kva.example", true},
		{"https://[2001:db8::1]", true},
		{"http://localhost", true},
		{"http://localhost:8081", true},
		{"http://127.0.0.1:8081", true},
		{"http://[::1]:8081", true},
		{"http://clinic.localhost:8081", true},

		{"", false},
		{"null", false},
		{"https://", false},
		{"http://portal.example", false},
		{"http://127.0.0.2", false},
		{"http://localhost.example", false},
		{"http://notlocalhost", false},
		{"http://127.0.0.1.example", false},
		{"https://portal.example/", false},
		{"https://portal.example/path", false},
		{"https://portal.example?query", false},
		{"https://portal.example#hash", false},
		{"https://person@portal.example", false},
		{"https://PORTAL.example", false},
		{"HTTPS://portal.example", false},
		{"https://bücher.example", false},
		{"https://portal.example\u202e", false},
		{"file://", false},
		{"file:///home/person/portal.html", false},
		{"chrome-extension://abcdefgh", false},
		{"data:text/html,hello", false},
		{"blob:https://portal.example/1", false},
		{"javascript:alert(1)", false},
		{"ws://localhost", false},
		{" https://portal.example", false},
		{"https://portal.example\n", false},
	} {
		err := CheckOrigin(test.origin)
		if (err == nil) != test.ok {
			t.Errorf("CheckOrigin(%q) = %v, want ok %t", test.origin, err, test.ok)
		}
	}
}
