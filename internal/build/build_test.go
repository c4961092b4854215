package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// sources is a small web/static, as assetSources would give it.
func sources() map[string][]byte {
	return map[string][]byte{
		"boot.mjs":             []byte("import \"./wasm_exec.js\";\nnew URL(\"./engine.js\", import.meta.url); new URL(\"./keepwell.wasm\", import.meta.url);\n"),
		"engine.js":            []byte("importScripts(\"./wasm_exec.js\");\nwork();\n"),
		"wasm_exec.js":         []byte("go();\n"),
		"keepwell.wasm":        []byte("\x00asm ./engine.js"),
		"keepwell.css":         []byte("body{background:url(./icon.svg)} a{content:\"./unknown.svg\"}"),
		"icon.svg":             []byte("<svg/>"),
		"keepwell.webmanifest": []byte(`{"start_url": "./", "icons": [{"src": "icon.svg"}]}`),
	}
}

func build(t *testing.T, sources map[string][]byte) *site {
	t.Helper()
	s := newSite("")
	if err := s.addAssets(sources); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNamesCarryHashes(t *testing.T) {
	s := build(t, sources())
	hashed := regexp.MustCompile(`^assets/[\w-]+\.[0-9a-f]{16}\.\w+$`)
	for name, file := range s.named {
		if !hashed.MatchString(file) || s.files[file] == nil {
			t.Errorf("%s became %s", name, file)
		}
	}
	if len(s.named) != 5 { // wasm_exec.js is included, the manifest keeps its name
		t.Errorf("assets: %v", s.named)
	}
}

func TestReferencesFollowNames(t *testing.T) {
	s := build(t, sources())
	boot := string(s.files[s.named["boot.mjs"]])
	for _, name := range []string{"engine.js", "keepwell.wasm"} {
		if !strings.Contains(boot, `"./`+filepath.Base(s.named[name])+`"`) {
			t.Errorf("boot.mjs does not refer to %s: %s", s.named[name], boot)
		}
	}
	css := string(s.files[s.named["keepwell.css"]])
	if !strings.Contains(css, "url(./"+filepath.Base(s.named["icon.svg"])+")") || !strings.Contains(css, "./unknown.svg") {
		t.Error(css)
	}
	if module := s.files[s.named["keepwell.wasm"]]; !bytes.Equal(module, sources()["keepwell.wasm"]) {
		t.Error("a binary was rewritten")
	}
	if manifest := string(s.files["keepwell.webmanifest"]); !strings.Contains(manifest, `"src": "`+s.named["icon.svg"]+`"`) || !strings.Contains(manifest, `"./"`) {
		t.Error(manifest)
	}
	page, err := s.pointToAssets("index.html", []byte(`<link href="web/static/keepwell.css"><link href="web/static/keepwell.webmanifest">`))
	if want := `<link href="` + s.named["keepwell.css"] + `"><link href="keepwell.webmanifest">`; err != nil || string(page) != want {
		t.Errorf("%s, %v", page, err)
	}
}

func TestScriptsAreIncluded(t *testing.T) {
	s := build(t, sources())
	for _, name := range []string{"boot.mjs", "engine.js"} {
		script := string(s.files[s.named[name]])
		if !strings.HasPrefix(script, "go();\n") || strings.Contains(script, "wasm_exec") {
			t.Errorf("%s: %s", name, script)
		}
	}
}

// TestChangesSpread holds that whatever depends on a changed file gets a new name:
// an old copy in a cache must never meet a new one.
func TestChangesSpread(t *testing.T) {
	before := build(t, sources())
	for changed, want := range map[string][]string{
		"icon.svg":      {"icon.svg", "keepwell.css"},
		"keepwell.wasm": {"boot.mjs", "keepwell.wasm"},
		"wasm_exec.js":  {"boot.mjs", "engine.js"},
		"engine.js":     {"boot.mjs", "engine.js"},
	} {
		files := sources()
		files[changed] = append(files[changed], "\n"...)
		after := build(t, files)
		var got []string
		for name := range after.named {
			if after.named[name] != before.named[name] {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("a change of %s renames %v, want %v", changed, got, want)
		}
	}
}

func TestBadSources(t *testing.T) {
	for what, files := range map[string]map[string][]byte{
		"a circle":          {"a.mjs": []byte(`"./b.mjs"`), "b.mjs": []byte(`"./a.mjs"`)},
		"an absent include": {"a.mjs": []byte(`import "./b.js";`)},
	} {
		if err := newSite("").addAssets(files); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if _, err := newSite("").pointToAssets("index.html", []byte(`src="web/static/absent.mjs"`)); err == nil {
		t.Error("a page with an absent asset: no error")
	}
}

func TestCompressed(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	text := bytes.Repeat([]byte("keepwell "), 1000)
	files := map[string][]byte{"a.mjs": text, "tiny.css": []byte("x"), "b.png": text}
	for range 2 { // from scratch, then from the cache
		compressed, err := compressAll(files, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(compressed) != 1 {
			t.Errorf("%d files compressed, want a.mjs alone", len(compressed))
		}
		plain, err := io.ReadAll(brotli.NewReader(bytes.NewReader(compressed["a.mjs.br"])))
		if err != nil || !bytes.Equal(plain, text) {
			t.Errorf("a.mjs.br is not a.mjs: %v", err)
		}
	}
}

func TestWriteReplaces(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	for _, name := range []string{"old.txt", "folder/new.txt"} {
		if err := write(out, map[string][]byte{name: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "old.txt")); !os.IsNotExist(err) {
		t.Error("a file of the older site is still there")
	}
	if _, err := os.Stat(filepath.Join(out, "folder/new.txt")); err != nil {
		t.Error(err)
	}
}
