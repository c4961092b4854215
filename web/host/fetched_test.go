package host

import (
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
