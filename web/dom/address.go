package dom

import "net/url"

// IsWebAddress reports whether address is an absolute https address, or http
// on this machine, without a user name that could pass for the host.
func IsWebAddress(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil {
		return false
	}
	switch parsed.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return parsed.Scheme == "https" || parsed.Scheme == "http"
	}
	return parsed.Scheme == "https"
}
