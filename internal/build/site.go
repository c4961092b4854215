package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// site gathers the files to write, by their slash-separated names in dist/.
type site struct {
	root  string            // the repository
	files map[string][]byte // name in dist/ -> contents
	named map[string]string // an asset's plain name -> its name in dist/, with the hash
}

func newSite(root string) *site {
	return &site{root: root, files: map[string][]byte{}, named: map[string]string{}}
}

// collect makes every file of the site.
func (s *site) collect(ctx context.Context) error {
	sources, err := s.assetSources(ctx)
	if err != nil {
		return err
	}
	if err := s.addAssets(sources); err != nil {
		return err
	}
	for _, name := range []string{"index.html", "leave.html", "frame.html", "embedded.mjs"} {
		if err := s.addPage(name); err != nil {
			return err
		}
	}
	if err := s.copyFolder("web/sdk", "sdk"); err != nil {
		return err
	}
	if err := s.copyFolder("web/portal", "portal"); err != nil {
		return err
	}
	// The portal has the SDK beside it, as one that installs it from npm does.
	s.files["portal/keepwell.mjs"] = s.files["sdk/keepwell.mjs"]
	return nil
}

// assetSources reads web/static with the files of others in it, and builds what
// is not in the repository.
func (s *site) assetSources(ctx context.Context) (map[string][]byte, error) {
	sources, err := readFolder(filepath.Join(s.root, "web/static"))
	if err != nil {
		return nil, err
	}
	vendored, err := readFolder(filepath.Join(s.root, "web/static/vendor"))
	if err != nil {
		return nil, err
	}
	maps.Copy(sources, vendored)
	if sources["wasm_exec.js"], err = wasmExec(ctx); err != nil {
		return nil, err
	}
	sources["keepwell.wasm"], err = buildModule(ctx, s.root, "./wasm/keepwell", hot)
	return sources, err
}

func (s *site) isAsset(name string) bool { return strings.HasPrefix(name, "assets/") }

// addPage adds a page, or a script, of the root.
func (s *site) addPage(name string) error {
	page, err := os.ReadFile(filepath.Join(s.root, name))
	if err != nil {
		return err
	}
	s.files[name], err = s.pointToAssets(name, page)
	return err
}

// copyFolder adds the files of a source folder under a folder of the site.
func (s *site) copyFolder(from, to string) error {
	files, err := readFolder(filepath.Join(s.root, from))
	for name, content := range files {
		s.files[to+"/"+name] = content
	}
	return err
}

// readFolder reads the files of a folder that a browser may want: no Go, no
// Markdown, no package descriptions, no tests or what they use, nothing hidden, no
// folders below.
func readFolder(folder string) (map[string][]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.Type().IsRegular() || strings.HasPrefix(name, ".") || !served(name) {
			continue
		}
		if files[name], err = os.ReadFile(filepath.Join(folder, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func served(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".md":
		return false
	}
	return name != "package.json" && !strings.HasSuffix(name, ".test.mjs") && !strings.HasPrefix(name, "testing.")
}

// hot names the packages whose speed a person feels: what reads, packs and finds
// records. All others are compiled without inlining, which makes them smaller by a
// tenth.
var hot = []string{
	"github.com/keepwell-health/keepwell/fhir",
	"github.com/keepwell-health/keepwell/store",
	"github.com/keepwell-health/keepwell/store/intake/applehealth",
	"github.com/keepwell-health/keepwell/store/intake/bundle",
	"github.com/keepwell-health/keepwell/store/intake/xmlscan",
	"github.com/keepwell-health/keepwell/store/intake/zipfile",
	"github.com/keepwell-health/keepwell/store/internal/...",
	"github.com/klauspost/compress/...",
	"golang.org/x/crypto/...", // Argon2
	"runtime",
	"internal/runtime/...",
	"internal/abi",
	"internal/bytealg",
	"internal/byteorder",
	"internal/sync",
	"sync",
	"sync/atomic",
	"syscall/js",
	"bytes",
	"cmp",
	"compress/flate",
	"crypto/internal/fips140/sha256",
	"encoding/binary",
	"hash/crc32",
	"hash/maphash",
	"math",
	"math/bits",
	"slices",
	"sort",
	"strings",
	"unicode/utf8",
}

// buildModule compiles a main package to WebAssembly, as small as it gets; the packages
// inlined may be larger, and are faster.
func buildModule(ctx context.Context, root, pkg string, inlined []string) ([]byte, error) {
	module, err := linkModule(ctx, root, pkg, inlined)
	if err != nil {
		return nil, err
	}
	return slim(module)
}

// linkModule compiles a main package without paths of this machine and debug data,
// but with the names of functions, by which slim knows them.
func linkModule(ctx context.Context, root, pkg string, inlined []string) ([]byte, error) {
	folder, err := os.MkdirTemp("", "keepwell-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	module := filepath.Join(folder, "module.wasm")
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-w -buildid=", "-o", module, "-gcflags=all=-l"}
	for _, packages := range inlined {
		args = append(args, "-gcflags="+packages+"=")
	}
	command := exec.CommandContext(ctx, "go", append(args, pkg)...)
	command.Dir = root
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build %s: %w\n%s", pkg, err, output)
	}
	return os.ReadFile(module)
}

// wasmExec reads the support script of the very Go that builds the module.
func wasmExec(ctx context.Context) ([]byte, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return os.ReadFile(filepath.Join(string(bytes.TrimSpace(output)), "lib", "wasm", "wasm_exec.js"))
}

// write replaces the folder out by the files, at once, so that a server that
// reads it meanwhile never finds half a site.
func write(out string, sets ...map[string][]byte) error {
	fresh := out + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	for _, files := range sets {
		for name, content := range files {
			if err := writeFile(filepath.Join(fresh, filepath.FromSlash(name)), content); err != nil {
				return err
			}
		}
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(fresh, out)
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), fs.ModePerm); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
