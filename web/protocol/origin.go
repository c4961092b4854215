package protocol

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/keepwell-health/keepwell/store"
)

// CheckOrigin accepts the origins that may ask for records: https, and http on
// this machine for development. origin is as a browser serialises it (HTML
// section 7.1.1); an opaque origin, "null", names nobody that a grant could be
// kept for. The error is a healthDataRestricted.
func CheckOrigin(origin string) error {
	parsed, err := url.Parse(origin)
	if err != nil || origin == "null" || parsed.Host == "" {
		return store.Errorf(store.CodeHealthDataRestricted, "an origin of its own is needed to ask; a sandboxed frame or a file has none")
	}
	foreign := strings.ContainsFunc(origin, func(r rune) bool { return r > unicode.MaxASCII }) // browsers write it in ASCII (WHATWG URL section 3.3)
	if parsed.Scheme+"://"+parsed.Host != origin || strings.ToLower(origin) != origin || foreign {
		return store.Errorf(store.CodeHealthDataRestricted, "this is not an origin as browsers write it")
	}
	if parsed.Scheme == "https" || parsed.Scheme == "http" && isThisMachine(parsed.Hostname()) {
		return nil
	}
	return store.Errorf(store.CodeHealthDataRestricted, "a page must be served over https to ask")
}

// isThisMachine tells the hosts that are potentially trustworthy without TLS
// (W3C Secure Contexts section 3.1), as far as they name the machine itself.
func isThisMachine(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}
