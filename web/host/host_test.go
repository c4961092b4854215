package host

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	wasmName   = "assets/keepwell.0123456789abcdef.wasm"
	engineName = "assets/engine.fedcba9876543210.js"
)

func site() fstest.MapFS {
	files := fstest.MapFS{}
	for name, content := range map[string]string{
		"index.html":                      "<!doctype html>page",
		"index.html.br":                   "page, compressed",
		"leave.html":                      "<!doctype html>leave",
		"frame.html":                      "<!doctype html>frame",
		wasmName:                          "\x00asm",
		wasmName + ".br":                  "asm, compressed",
		engineName:                        "engine()",
		"assets/app.0123456789abcdef.css": "body{}",
		"assets/manifest.0123456789abcdef.webmanifest": "{}",
		"assets/plain.css":    "body{}",
		"sdk/keepwell.mjs":    "export {}",
		"sdk/keepwell.d.ts":   "export {}",
		"portal/index.html":   `<meta name="keepwell-host" content="../">`,
		"portal/portal.mjs":   "import()",
		"folder/file.unknown": "?",
		".hidden":             "no",
		".git/config":         "no",
	} {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

// ask sends a request as it would arrive over HTTP.
func ask(h http.Handler, method, target string, change func(*http.Request)) *http.Response {
	request := httptest.NewRequest(method, target, nil)
	if change != nil {
		change(request)
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	return recorder.Result()
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

const (
	forEver  = "public, max-age=31536000, immutable, no-transform"
	askAgain = "no-cache, no-transform"
)

func TestRoutes(t *testing.T) {
	h := New(site(), Options{})
	pageCSP := strings.Join(pagePolicy, "; ") + "; frame-ancestors 'none'"
	for _, route := range []struct {
		path, contentType, cache, csp, corp, cors string
		allowlist, coop                           string
	}{
		{"/", "text/html; charset=utf-8", askAgain, pageCSP, "same-origin", "", connectionAllowlist, ""},
		{"/index.html", "text/html; charset=utf-8", askAgain, pageCSP, "same-origin", "", connectionAllowlist, ""},
		{"/frame.html", "text/html; charset=utf-8", askAgain, framePolicy + "'none'", "same-origin", "", connectionAllowlist, ""},
		{"/leave.html", "text/html; charset=utf-8", askAgain, leavePolicy, "same-origin", "", "", "same-origin"},
		{"/portal/", "text/html; charset=utf-8", askAgain, pageCSP, "same-origin", "", connectionAllowlist, ""},
		{"/portal/portal.mjs", "text/javascript; charset=utf-8", askAgain, filePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/" + wasmName, "application/wasm", forEver, filePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/" + engineName, "text/javascript; charset=utf-8", forEver, EnginePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/assets/app.0123456789abcdef.css", "text/css; charset=utf-8", forEver, filePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/assets/manifest.0123456789abcdef.webmanifest", "application/manifest+json", forEver, filePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/assets/plain.css", "text/css; charset=utf-8", askAgain, filePolicy, "same-origin", "", connectionAllowlist, ""},
		{"/sdk/keepwell.mjs", "text/javascript; charset=utf-8", askAgain, filePolicy, "cross-origin", "*", connectionAllowlist, ""},
		{"/sdk/keepwell.d.ts", "text/plain; charset=utf-8", askAgain, filePolicy, "cross-origin", "*", connectionAllowlist, ""},
		{"/folder/file.unknown", "application/octet-stream", askAgain, filePolicy, "same-origin", "", connectionAllowlist, ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" "+route.path, func(t *testing.T) {
				response := ask(h, method, route.path, nil)
				if response.StatusCode != http.StatusOK {
					t.Fatalf("status %d", response.StatusCode)
				}
				for name, want := range map[string]string{
					"Content-Type":                 route.contentType,
					"Cache-Control":                route.cache,
					"Content-Security-Policy":      route.csp,
					"Cross-Origin-Resource-Policy": route.corp,
					"Access-Control-Allow-Origin":  route.cors,
					"Connection-Allowlist":         route.allowlist,
					"Cross-Origin-Opener-Policy":   route.coop, // on the page, it would sever the portal's window
					"Content-Encoding":             "",
					"Vary":                         "Accept-Encoding",
				} {
					if got := response.Header.Get(name); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
				}
				checkCommon(t, response)
				checkLength(t, method, response)
			})
		}
	}
}

// checkCommon looks for what every response carries, whatever its status.
func checkCommon(t *testing.T, response *http.Response) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff",
		"Referrer-Policy":        "no-referrer",
		"Permissions-Policy":     permissionsPolicy,
		"Last-Modified":          "", // file times tell nothing true
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if response.Header.Get("Content-Security-Policy") == "" || response.Header.Get("Cross-Origin-Resource-Policy") == "" {
		t.Error("a response without its policies")
	}
}

// checkLength holds that HEAD says the length of what GET sends, and sends nothing.
func checkLength(t *testing.T, method string, response *http.Response) {
	t.Helper()
	content := body(t, response)
	if method == http.MethodHead {
		if content != "" || response.ContentLength <= 0 {
			t.Errorf("HEAD: %d bytes of content, length %d", len(content), response.ContentLength)
		}
	} else if int64(len(content)) != response.ContentLength {
		t.Errorf("length %d of %d bytes", response.ContentLength, len(content))
	}
}

func TestNotFound(t *testing.T) {
	h := New(site(), Options{})
	for _, path := range []string{
		"/absent", "/assets/", "/assets", "/index.html/", "/sdk/", "/folder",
		"/index.html.br", "/" + wasmName + ".br", // compressed files are no addresses
		"/.hidden", "/.git/config", "/./index.html", "/portal/../index.html", "//index.html", "/portal//index.html",
		"/%2e%2e/index.html", "/..%2findex.html", "/portal%5cindex.html", "/..%5c..%5cetc", "/index.html%00", "/C:/index.html",
		"/../../../../etc/passwd", "/%2fetc/passwd",
	} {
		t.Run(path, func(t *testing.T) {
			response := ask(h, http.MethodGet, "http://keepwell.example"+path, nil)
			if response.StatusCode != http.StatusNotFound {
				t.Errorf("status %d, want 404", response.StatusCode)
			}
			if got := body(t, response); got != "Not Found\n" {
				t.Errorf("content %q", got)
			}
			checkCommon(t, response)
		})
	}
}

// TestNoSuchFile asks a real folder, which knows more ways than a map to say so.
func TestNoSuchFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, site()); err != nil {
		t.Fatal(err)
	}
	h := New(os.DirFS(folder), Options{})
	for _, path := range []string{"/absent", "/folder", "/folder/", "/index.html/", "/index.html/x", "/" + strings.Repeat("x", 5000)} {
		if response := ask(h, http.MethodGet, path, nil); response.StatusCode != http.StatusNotFound {
			t.Errorf("%.20s: status %d, want 404", path, response.StatusCode)
		}
	}
}

func TestFolderGetsItsSlash(t *testing.T) {
	response := ask(New(site(), Options{}), http.MethodGet, "/portal?q=1", nil)
	if response.StatusCode != http.StatusPermanentRedirect || response.Header.Get("Location") != "portal/" {
		t.Errorf("status %d to %q", response.StatusCode, response.Header.Get("Location"))
	}
	checkCommon(t, response)
}

func TestMethods(t *testing.T) {
	h := New(site(), Options{})
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND"} {
		response := ask(h, http.MethodGet, "/", func(r *http.Request) { r.Method = method })
		if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, allow %q", method, response.StatusCode, response.Header.Get("Allow"))
		}
		checkCommon(t, response)
	}
}

func TestContentInARequestIsRefused(t *testing.T) {
	server := httptest.NewServer(New(site(), Options{}))
	defer server.Close()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for name, content := range map[string]io.Reader{
			"with a length": strings.NewReader("a record"),
			"chunked":       struct{ io.Reader }{strings.NewReader("a record")},
		} {
			request, err := http.NewRequest(method, server.URL+"/", content)
			if err != nil {
				t.Fatal(err)
			}
			response, err := server.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusRequestEntityTooLarge || !response.Close {
				t.Errorf("%s %s: status %d, close %t", method, name, response.StatusCode, response.Close)
			}
		}
	}
}

func TestCompressed(t *testing.T) {
	h := New(site(), Options{})
	for _, c := range []struct {
		accept []string
		want   string
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"gzip, deflate, br, zstd"}, "br"},
		{[]string{"gzip", "br"}, "br"},
		{[]string{"BR"}, "br"},
		{[]string{"br;q=0"}, ""},
		{[]string{"br;q=0.000"}, ""},
		{[]string{"br; Q=0.1"}, "br"},
		{[]string{"*"}, "br"},
		{[]string{"*;q=0"}, ""},
		{[]string{"*, br;q=0"}, ""},
		{[]string{"*;q=0, br"}, "br"},
		{[]string{"identity"}, ""},
		{[]string{"br;q=nonsense"}, ""},
		{[]string{"br;q=NaN"}, ""},
		{[]string{"br;q=-1"}, ""},
		{[]string{"br;level=1"}, ""},
		{[]string{"brotli"}, ""},
		{[]string{",,;,"}, ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			response := ask(h, method, "/"+wasmName, func(r *http.Request) { r.Header["Accept-Encoding"] = c.accept })
			if got := response.Header.Get("Content-Encoding"); got != c.want {
				t.Errorf("%s %q: encoding %q, want %q", method, c.accept, got, c.want)
			}
			if got := response.Header.Get("Content-Type"); got != "application/wasm" {
				t.Errorf("%s %q: type %q", method, c.accept, got)
			}
			checkLength(t, method, response)
		}
	}
}

func TestConditions(t *testing.T) {
	h := New(site(), Options{})
	for _, path := range []string{"/", "/" + wasmName, "/sdk/keepwell.mjs"} {
		plain := ask(h, http.MethodGet, path, nil).Header.Get("ETag")
		for _, c := range []struct {
			condition, accept string
			want              int
		}{
			{plain, "", http.StatusNotModified},
			{"W/" + plain, "", http.StatusNotModified},
			{`"other", ` + plain, "", http.StatusNotModified},
			{"*", "", http.StatusNotModified},
			{`"other"`, "", http.StatusOK},
			{"other", "", http.StatusOK},
			{"", "", http.StatusOK},
		} {
			response := ask(h, http.MethodGet, path, func(r *http.Request) {
				r.Header.Set("If-None-Match", c.condition)
				r.Header.Set("Accept-Encoding", c.accept)
			})
			if response.StatusCode != c.want {
				t.Errorf("%s if none match %q: %d, want %d", path, c.condition, response.StatusCode, c.want)
			}
			if response.Header.Get("ETag") != plain || response.Header.Get("Cache-Control") == "" {
				t.Errorf("%s: a status %d without its validators", path, response.StatusCode)
			}
			if response.StatusCode == http.StatusNotModified && body(t, response) != "" {
				t.Errorf("%s: 304 with content", path)
			}
		}
	}
}

func TestTagsDifferByEncoding(t *testing.T) {
	h := New(site(), Options{})
	for _, path := range []string{"/", "/" + wasmName} {
		plain := ask(h, http.MethodGet, path, nil).Header.Get("ETag")
		compressed := ask(h, http.MethodGet, path, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") }).Header.Get("ETag")
		if plain == compressed {
			t.Errorf("%s: both representations are %s", path, plain)
		}
	}
}

func TestFrameAncestors(t *testing.T) {
	h := New(site(), Options{FrameAncestors: []string{"https://a.example", "https://b.example"}})
	for path, want := range map[string]string{
		"/frame.html": "; frame-ancestors https://a.example https://b.example",
		"/":           "; frame-ancestors 'none'",
		"/leave.html": "; frame-ancestors 'none'",
	} {
		policy := ask(h, http.MethodGet, path, nil).Header.Get("Content-Security-Policy")
		if !strings.HasSuffix(policy, want) {
			t.Errorf("%s: %s", path, policy)
		}
	}
}

func TestPortal(t *testing.T) {
	portal, err := fs.Sub(site(), "portal")
	if err != nil {
		t.Fatal(err)
	}
	h := Portal(portal, `http://localhost:8080`)
	response := ask(h, http.MethodGet, "/", func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") })
	if got := body(t, response); got != `<meta name="keepwell-host" content="http://localhost:8080">` {
		t.Error(got)
	}
	policy := response.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none';", "script-src 'self';", "frame-src http://localhost:8080;", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	permissions := response.Header.Get("Permissions-Policy")
	if want := strings.Replace(permissionsPolicy, "storage-access=(self)", `storage-access=(self "http://localhost:8080")`, 1); permissions != want {
		t.Error(permissions)
	}
	response.Header.Set("Permissions-Policy", permissionsPolicy) // all else is as everywhere
	checkCommon(t, response)
}

// failing is a file system whose medium does not answer.
type failing struct{}

func (failing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: io.ErrUnexpectedEOF}
}

func TestFailingMedium(t *testing.T) {
	response := ask(New(failing{}, Options{}), http.MethodGet, "/index.html", nil)
	if response.StatusCode != http.StatusInternalServerError || body(t, response) != "Internal Server Error\n" {
		t.Errorf("status %d", response.StatusCode)
	}
	checkCommon(t, response)
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"/", "/index.html", "/../x", "//x", "/a/./b", "/a\\b", "/.git", "/a.br"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		name, ok := fileName(path)
		if !ok {
			return
		}
		if !fs.ValidPath(name) || strings.Contains(name, "..") && strings.Contains("/"+name+"/", "/../") || strings.Contains("/"+name, "/.") {
			t.Errorf("%q became %q", path, name)
		}
	})
}
