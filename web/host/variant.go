package host

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"syscall"
)

// brotliSuffix marks a file compressed by RFC 7932 beside the plain one.
const brotliSuffix = ".br"

// hashedName is a file name that changes with its contents, as internal/build
// writes it: 16 hexadecimal digits, 64 bits of SHA-256, before the extension.
var hashedName = regexp.MustCompile(`^assets/[^/]+\.([0-9a-f]{16})\.[a-z0-9]+$`)

// variant is one representation of a file (RFC 9110 section 8). It has to be closed.
type variant struct {
	name     string // of the plain file
	encoding string // "br", or "" for the file as it is
	hash     string // of the plain contents
	size     int64  // bytes of content
	content  io.ReadCloser
}

// choose opens the representation of the file name that the request accepts.
func (h *handler) choose(name string, request http.Header) (*variant, error) {
	if h.rewrite != nil && isPage(name) {
		return h.rewritten(name)
	}
	if accepts(request, "br") {
		v, err := h.open(name, "br")
		if !errors.Is(err, fs.ErrNotExist) {
			return v, err
		}
	}
	return h.open(name, "")
}

// open opens the file name in an encoding. One whose name carries its hash is passed
// on as it is read; any other is read whole for its hash. Where the name has none,
// the hash of the compressed contents does as well.
func (h *handler) open(name, encoding string) (*variant, error) {
	file := name
	if encoding != "" {
		file += brotliSuffix
	}
	match := hashedName.FindStringSubmatch(name)
	if match == nil {
		content, err := readFile(h.site, file)
		if err != nil {
			return nil, err
		}
		return newVariant(name, encoding, content), nil
	}
	content, size, err := openFile(h.site, file)
	if err != nil {
		return nil, err
	}
	return &variant{name: name, encoding: encoding, hash: match[1], size: size, content: content}, nil
}

func (h *handler) rewritten(name string) (*variant, error) {
	page, err := readFile(h.site, name)
	if err != nil {
		return nil, err
	}
	return newVariant(name, "", h.rewrite(page)), nil
}

// newVariant returns a representation that is in memory.
func newVariant(name, encoding string, content []byte) *variant {
	sum := sha256.Sum256(content)
	return &variant{
		name: name, encoding: encoding, hash: hex.EncodeToString(sum[:8]),
		size: int64(len(content)), content: io.NopCloser(bytes.NewReader(content)),
	}
}

// openFile opens a file and tells its size in bytes. What can't be a file does not
// exist: a folder, a name below a file's or too long for the system.
func openFile(site fs.FS, name string) (fs.File, int64, error) {
	file, err := site.Open(name)
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func readFile(site fs.FS, name string) ([]byte, error) {
	file, _, err := openFile(site, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
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
	respond(w, r, http.StatusOK, v.size, v.content)
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

// cacheControl: a hashed name never means other contents (RFC 8246), anything else is
// asked for again, with its ETag. Whoever stands between may add nothing to a page and
// compress nothing anew (RFC 9111 section 5.2.2.6).
func cacheControl(name string) string {
	if hashedName.MatchString(name) {
		return "public, max-age=31536000, immutable, no-transform"
	}
	return "no-cache, no-transform"
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
