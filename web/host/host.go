// Package host serves Keepwell's static files: right content types, brotli
// files made beforehand, caching by content hash and the headers that keep a
// record from leaving. One handler serves `make demo` and the edge. It reads
// files, answers GET and HEAD, keeps no state and logs nothing.
package host

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Options says what a deployment may choose.
type Options struct {
	// FrameAncestors are the origins that may have frame.html in a frame
	// ("https://portal.example"), which shows nothing; none when empty. No other page
	// is ever framed.
	FrameAncestors []string
}

// New returns a handler over the built site, the contents of dist/. A file
// whose name carries its hash is cached for ever, any other is asked for again
// each time. A file "x.br" beside "x" is x compressed; it is no address of its
// own.
func New(site fs.FS, options Options) http.Handler {
	return &handler{site: site, headers: keepwellHeaders(options)}
}

// handler serves files of site. headers sets what the file of that name calls
// for ("" for a response that serves none); rewrite, when present, changes a
// page before it is served.
type handler struct {
	site    fs.FS
	headers func(header http.Header, name string)
	rewrite func(page []byte) []byte
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.headers(w.Header(), "")
	if status := refusal(r); status != 0 {
		w.Header().Set("Allow", "GET, HEAD")
		w.Header().Set("Connection", "close") // content that was sent is never read
		plainText(w, r, status)
		return
	}
	name, ok := fileName(r.URL.Path)
	if !ok {
		plainText(w, r, http.StatusNotFound)
		return
	}
	v, err := h.choose(name, r.Header)
	switch {
	case err == nil:
		defer v.content.Close()
		h.headers(w.Header(), name)
		v.serve(w, r)
	case !errors.Is(err, fs.ErrNotExist):
		plainText(w, r, http.StatusInternalServerError)
	case h.isFolder(name):
		// The slash that relative addresses in the page need. The address is
		// relative, so that it holds behind any prefix and any proxy.
		w.Header().Set("Location", path.Base(name)+"/")
		plainText(w, r, http.StatusPermanentRedirect)
	default:
		plainText(w, r, http.StatusNotFound)
	}
}

// refusal tells the status of what no static file can be asked, or 0: other
// methods (RFC 9110 section 15.5.6) and requests with content, which means
// nothing to a GET (RFC 9110 section 9.3.1) and could carry a record.
func refusal(r *http.Request) int {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return http.StatusMethodNotAllowed
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		return http.StatusRequestEntityTooLarge
	}
	return 0
}

// fileName turns the path of a request into a name inside the site. It refuses
// every path that is not written in its one plain form, so that no two
// addresses mean one file and none reaches outside, and hidden files.
func fileName(urlPath string) (name string, ok bool) {
	if strings.HasSuffix(urlPath, "/") {
		urlPath += "index.html"
	}
	name, absolute := strings.CutPrefix(urlPath, "/")
	switch {
	case !absolute, !fs.ValidPath(name), strings.ContainsAny(name, "\\:\x00"):
		return "", false
	case strings.HasPrefix(name, "."), strings.Contains(name, "/."):
		return "", false
	case strings.HasSuffix(name, brotliSuffix):
		return "", false
	}
	return name, true
}

func (h *handler) isFolder(name string) bool {
	_, err := fs.Stat(h.site, name+"/index.html")
	return err == nil
}

// plainText answers without a file. The text is the status alone: nothing of
// the request is repeated.
func plainText(w http.ResponseWriter, r *http.Request, status int) {
	text := http.StatusText(status) + "\n"
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", cacheControl(""))
	respond(w, r, status, int64(len(text)), strings.NewReader(text))
}

// respond writes a response of size bytes; to HEAD the same headers and no content.
func respond(w http.ResponseWriter, r *http.Request, status int, size int64, content io.Reader) {
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, content) // a client that left needs no answer
	}
}
