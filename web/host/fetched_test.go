package host

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestFetched serves a site that is fetched from a plain file server.
func TestFetched(t *testing.T) {
	files := httptest.NewServer(http.FileServerFS(site()))
	defer files.Close()
	client := files.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	h := New(Fetched(client, files.URL+"/"), Options{})
	for path, want := range map[string]int{
		"/" + wasmName:      http.StatusOK,
		"/sdk/keepwell.mjs": http.StatusOK,
		"/portal":           http.StatusNotFound, // index.html answers 301 here: not a file
		"/absent":           http.StatusNotFound,
	} {
		response := ask(h, http.MethodGet, path, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") })
		if response.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, response.StatusCode, want)
		}
	}
	compressed := ask(h, http.MethodGet, "/"+wasmName, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") })
	if got := body(t, compressed); got != "asm, compressed" {
		t.Errorf("content %q", got)
	}
}

// TestFetchedWithoutLength serves files whose size only their end tells.
func TestFetchedWithoutLength(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "content")
	}))
	defer files.Close()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		response := ask(New(Fetched(files.Client(), files.URL+"/"), Options{}), method, "/"+wasmName, nil)
		if response.StatusCode != http.StatusOK || response.ContentLength != 7 {
			t.Errorf("%s: status %d, length %d", method, response.StatusCode, response.ContentLength)
		}
		checkLength(t, method, response)
	}
}

// openBodies counts the bodies of responses that nobody closed.
type openBodies struct {
	http.RoundTripper
	count int
}

func (o *openBodies) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := o.RoundTripper.RoundTrip(request)
	if err == nil {
		o.count++
		response.Body = &closing{response.Body, o}
	}
	return response, err
}

type closing struct {
	io.ReadCloser
	open *openBodies
}

func (c *closing) Close() error {
	c.open.count--
	return c.ReadCloser.Close()
}

func TestFetchedIsClosed(t *testing.T) {
	files := httptest.NewServer(http.FileServerFS(site()))
	defer files.Close()
	open := &openBodies{RoundTripper: http.DefaultTransport}
	h := New(Fetched(&http.Client{Transport: open}, files.URL+"/"), Options{})
	for _, path := range []string{"/", "/" + wasmName, "/" + engineName, "/portal", "/absent"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, condition := range []string{"", "*"} {
				ask(h, method, path, func(r *http.Request) {
					r.Header.Set("Accept-Encoding", "br")
					r.Header.Set("If-None-Match", condition)
				})
				if open.count != 0 {
					t.Fatalf("%s %s if none match %q: %d responses left open", method, path, condition, open.count)
				}
			}
		}
	}
}

func TestFetchedStat(t *testing.T) {
	files := httptest.NewServer(http.FileServerFS(site()))
	defer files.Close()
	info, err := fs.Stat(Fetched(files.Client(), files.URL+"/"), wasmName)
	if err != nil || info.Size() != 4 || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

func TestFetchedFailure(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
	}))
	response := ask(New(Fetched(files.Client(), files.URL+"/"), Options{}), http.MethodGet, "/", nil)
	if response.StatusCode != http.StatusInternalServerError {
		t.Errorf("a failing binding: status %d", response.StatusCode)
	}
	files.Close()
	response = ask(New(Fetched(files.Client(), files.URL+"/"), Options{}), http.MethodGet, "/", nil)
	if response.StatusCode != http.StatusInternalServerError {
		t.Errorf("an absent binding: status %d", response.StatusCode)
	}
}
