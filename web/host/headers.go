package host

import (
	"net/http"
	"path"
	"strings"
)

// EnginePolicy is the Content-Security-Policy of the engine's worker script. A
// worker obeys the policy of its own response (CSP 3 section 4.2), and decrypted
// records live only there: it may run the module that the page hands it and
// reach nothing. web/static/start.mjs looks for the same text.
const EnginePolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'"

// pagePolicy is the Content-Security-Policy of the person's pages, as in the
// <meta> of index.html, which stands in where a host sends no headers.
// connect-src 'self' is for the module at boot.
var pagePolicy = []string{
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self'",
	"img-src 'self' blob:",
	"connect-src 'self'",
	"worker-src 'self'",
	"manifest-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types keepwell",
}

// framePolicy is for frame.html, which portals that the deployment names may have in
// a frame: it shows nothing that could be covered or clicked.
const framePolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'; " +
	"form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "

// leavePolicy is for leave.html, by which links to other origins go.
const leavePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'"

// connectionAllowlist limits navigation, popups, preconnects and WebRTC too, which
// a Content-Security-Policy leaves open (WICG Connection Allowlists; Chromium).
const connectionAllowlist = "(response-origin)"

// filePolicy is for what is no page: should a browser show such a file by
// itself, it may do nothing.
const filePolicy = "default-src 'none'; frame-ancestors 'none'"

// permissionsPolicy turns off every sensor and device (Permissions Policy
// section 5.1) that browsers know by name; Keepwell uses passkeys, storage and the
// clipboard alone.
var permissionsPolicy = strings.Join([]string{
	"accelerometer=()", "autoplay=()", "browsing-topics=()", "camera=()",
	"clipboard-read=()", "clipboard-write=(self)", "display-capture=()", "encrypted-media=()", "fullscreen=()",
	"geolocation=()", "gyroscope=()", "hid=()", "identity-credentials-get=()", "idle-detection=()",
	"local-fonts=()", "magnetometer=()", "microphone=()", "midi=()", "otp-credentials=()", "payment=()",
	"picture-in-picture=()", "publickey-credentials-create=(self)", "publickey-credentials-get=(self)",
	"screen-wake-lock=()", "serial=()", "storage-access=(self)", "sync-xhr=()", "usb=()",
	"xr-spatial-tracking=()",
}, ", ")

// commonHeaders sets what every response of either origin carries. There is no
// Cross-Origin-Opener-Policy on purpose: it would cut the person's page off from
// the portal whose click opened it (HTML section 7.1.3).
func commonHeaders(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Permissions-Policy", permissionsPolicy)
	header.Set("Content-Security-Policy", filePolicy)
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// keepwellHeaders returns the headers of the Keepwell origin by file. No page but
// leave.html may reach another origin in any way. That page in turn is cut off from
// whoever opened it, so that no script but only a person clicks its link.
func keepwellHeaders(options Options) func(http.Header, string) {
	ancestors := "'none'"
	if len(options.FrameAncestors) > 0 {
		ancestors = strings.Join(options.FrameAncestors, " ")
	}
	page := strings.Join(pagePolicy, "; ") + "; frame-ancestors 'none'"
	return func(header http.Header, name string) {
		commonHeaders(header)
		header.Set("Connection-Allowlist", connectionAllowlist)
		switch {
		case name == "leave.html":
			header.Set("Content-Security-Policy", leavePolicy)
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
			header.Del("Connection-Allowlist")
		case name == "frame.html":
			header.Set("Content-Security-Policy", framePolicy+ancestors)
		case isPage(name):
			header.Set("Content-Security-Policy", page)
		case isEngine(name):
			header.Set("Content-Security-Policy", EnginePolicy)
		case strings.HasPrefix(name, "sdk/"):
			// Portals on any origin import the SDK, which is public code.
			header.Set("Access-Control-Allow-Origin", "*")
			header.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
	}
}

func isPage(name string) bool { return path.Ext(name) == ".html" }

// isEngine tells the worker script of the engine, whose name carries a hash.
func isEngine(name string) bool {
	return strings.HasPrefix(name, "assets/engine.") && path.Ext(name) == ".js"
}
