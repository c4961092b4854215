package host

import (
	"html"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
)

// portalHost is the element that tells the portal's page where Keepwell is.
var portalHost = regexp.MustCompile(`<meta name="keepwell-host" content="[^"]*">`)

// Portal returns a handler for the example portal on an origin of its own, over
// the contents of dist/portal/. keepwell is the origin of the person's store
// ("http://localhost:8080"): the page is told it, may frame it, and may load or
// reach nothing else but its own files.
func Portal(site fs.FS, keepwell string) http.Handler {
	meta := []byte(`<meta name="keepwell-host" content="` + html.EscapeString(keepwell) + `">`)
	page := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src 'self'", // the SDK reads the page's own headers, to name one that is in its way
		"frame-src " + keepwell,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
	// Keepwell's frame asks for its own storage; a page can't let others do what it
	// may not do itself (Permissions Policy section 9.5).
	permissions := strings.Replace(permissionsPolicy, "storage-access=(self)", `storage-access=(self "`+keepwell+`")`, 1)
	return &handler{
		site: site,
		headers: func(header http.Header, name string) {
			commonHeaders(header)
			if isPage(name) {
				header.Set("Content-Security-Policy", page)
				header.Set("Permissions-Policy", permissions)
			}
		},
		rewrite: func(page []byte) []byte { return portalHost.ReplaceAllLiteral(page, meta) },
	}
}
