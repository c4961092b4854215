package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/andybalholm/brotli"
)

// brotliSuffix marks a compressed file beside the plain one, as web/host looks for it.
const brotliSuffix = ".br"

// compressAll makes "x.br" for every file x that gains by it.
func compressAll(files map[string][]byte, quality int) (map[string][]byte, error) {
	var (
		mu         sync.Mutex
		compressed = map[string][]byte{}
		failure    error
		group      sync.WaitGroup
		free       = make(chan struct{}, runtime.GOMAXPROCS(0))
	)
	for name, content := range files {
		if !gains(name) {
			continue
		}
		group.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			packed, err := compressCached(content, quality)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failure = fmt.Errorf("%s: %w", name, err)
			} else if len(packed) < len(content) {
				compressed[name+brotliSuffix] = packed
			}
		})
	}
	group.Wait()
	return compressed, failure
}

// gains tells the files that are not compressed by themselves.
func gains(name string) bool {
	switch path.Ext(name) {
	case ".png", ".woff2":
		return false
	}
	return true
}

// compressCached keeps results in the user's cache folder, by contents: quality
// 11 takes half a minute for the module. A cache that can't be used costs time only.
func compressCached(content []byte, quality int) ([]byte, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return compress(content, quality)
	}
	file := filepath.Join(cache, "keepwell", "brotli", fmt.Sprintf("%x-%d", sha256.Sum256(content), quality))
	if packed, err := os.ReadFile(file); err == nil {
		return packed, nil
	}
	packed, err := compress(content, quality)
	if err != nil {
		return nil, err
	}
	// Renamed into place: a build that is stopped leaves no half file behind.
	if writeFile(file+".new", packed) == nil {
		_ = os.Rename(file+".new", file)
	}
	return packed, nil
}

func compress(content []byte, quality int) ([]byte, error) {
	var packed bytes.Buffer
	// A window of 2^24 bytes, the largest of RFC 7932 section 9.1, spans the module.
	w := brotli.NewWriterOptions(&packed, brotli.WriterOptions{Quality: quality, LGWin: 24})
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err := w.Close()
	return packed.Bytes(), err
}
