package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// brotliSuffix marks a file compressed by RFC 7932 beside the plain one.
const brotliSuffix = ".br"

// hashedName is a file name that changes with its contents, as internal/build
// writes it: 16 hexadecimal digits, 64 bits of SHA-256, before the extension.
var hashedName = regexp.MustCompile(`^assets/[^/]+\.([0-9a-f]{16})\.[a-z0-9]+$`)

// variant is one representation of a file (RFC 9110 section 8). Files are read
// whole: none is larger than the wasm module.
type variant struct {
	name     string // of the plain file
	encoding string // "br", or "" for the file as it is
	hash     string // of the plain contents
	content  []byte
}

// choose reads the representation of the file name that the request accepts.
func (h *handler) choose(name string, request http.Header) (*variant, error) {
	if path.Ext(name) == ".html" && h.rewrite != nil {
		return h.rewritten(name)
	}
	if accepts(request, "br") {
		v, err := h.compressed(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return v, err
		}
	}
	content, err := readFile(h.site, name)
	if err != nil {
		return nil, err
	}
	return &variant{name: name, hash: contentHash(name, content), content: content}, nil
}

// compressed reads the brotli file beside name.
func (h *handler) compressed(name string) (*variant, error) {
	content, err := readFile(h.site, name+brotliSuffix)
	if err != nil {
		return nil, err
	}
	// Where the name has no hash, that of the compressed contents does as well.
	return &variant{name: name, encoding: "br", hash: contentHash(name, content), content: content}, nil
}

func (h *handler) rewritten(name string) (*variant, error) {
	page, err := readFile(h.site, name)
	if err != nil {
		return nil, err
	}
	page = h.rewrite(page)
	return &variant{name: name, hash: contentHash(name, page), content: page}, nil
}

// readFile is fs.ReadFile, for which a folder does not exist.
func readFile(site fs.FS, name string) ([]byte, error) {
	content, err := fs.ReadFile(site, name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return content, err
	}
	if info, statErr := fs.Stat(site, name); statErr == nil && info.IsDir() {
		return nil, fs.ErrNotExist
	}
	return nil, err
}

// contentHash returns the hash that a name carries, or computes it.
func contentHash(name string, content []byte) string {
	if match := hashedName.FindStringSubmatch(name); match != nil {
		return match[1]
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// serve writes the representation, or 304 to a client that has it.
func (v *variant) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", cacheControl(v.name))
	header.Set("ETag", v.etag())
	header.Add("Vary", "Accept-Encoding")
	if matchesETag(r.Header.Values("If-None-Match"), v.etag()) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", contentType(v.name))
	if v.encoding != "" {
		header.Set("Content-Encoding", v.encoding)
	}
	respond(w, r, http.StatusOK, v.content)
}

// etag is a strong entity tag, which differs by encoding (RFC 9110 section
// 8.8.3.3).
func (v *variant) etag() string {
	if v.encoding == "" {
		return `"` + v.hash + `"`
	}
	return `"` + v.hash + "-" + v.encoding + `"`
}

// matchesETag evaluates If-None-Match (RFC 9110 section 13.1.2), which compares
// weakly. Our tags hold no comma, so that cutting at commas is exact.
func matchesETag(conditions []string, etag string) bool {
	for _, condition := range conditions {
		for _, tag := range strings.Split(condition, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == etag || tag == "*" {
				return true
			}
		}
	}
	return false
}

// cacheControl: a hashed name never means other contents (RFC 8246), anything
// else is asked for again, with its ETag.
func cacheControl(name string) string {
	if hashedName.MatchString(name) {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// contentTypes are those of the files that the site is made of. The system's
// table is not asked: it differs from machine to machine.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8", // RFC 9239
	".json":        "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".ts":          "text/plain; charset=utf-8", // .d.ts, to be read
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm", // else compileStreaming refuses it
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

func contentType(name string) string {
	if known, ok := contentTypes[path.Ext(name)]; ok {
		return known
	}
	return "application/octet-stream"
}
