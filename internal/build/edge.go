package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// workerLimit is the most that a Worker may weigh on Cloudflare's free plan, in bytes
// after gzip (developers.cloudflare.com/workers/platform/limits: 3 MB; 10 MB paid).
const workerLimit = 3_000_000

// edgeFiles makes the Worker that wasm/edge is part of, by the names that
// wasm/edge/wrangler.jsonc and workerd.capnp know.
func edgeFiles(ctx context.Context, root string) (map[string][]byte, error) {
	files, err := adapter(ctx, root)
	if err != nil {
		return nil, err
	}
	if files["edge.mjs"], err = os.ReadFile(filepath.Join(root, "wasm/edge/edge.mjs")); err != nil {
		return nil, err
	}
	// Each request starts the module: a millisecond and a half is worth 0.2 MB.
	files["app.wasm"], err = buildModule(ctx, root, "./wasm/edge", []string{"all"})
	return files, err
}

// adapter has the module of the adapter write its half in JavaScript, which belongs
// to the version of its half in Go.
func adapter(ctx context.Context, root string) (map[string][]byte, error) {
	folder, err := os.MkdirTemp("", "keepwell-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	const generator = "github.com/syumai/workers/cmd/workers-assets-gen"
	command := exec.CommandContext(ctx, "go", "run", generator, "-mode=go", "-o", folder)
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go run %s: %w\n%s", generator, err, output)
	}
	return readFolder(folder)
}

// reportEdge prints what is uploaded.
func reportEdge(files map[string][]byte) error {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	raw := 0
	for _, content := range files {
		raw += len(content)
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("the edge's Worker %d bytes, %d with gzip (Cloudflare's limit %d)\n", raw, packed.Len(), workerLimit)
	if packed.Len() > workerLimit {
		return fmt.Errorf("the edge's Worker is over Cloudflare's limit by %d bytes", packed.Len()-workerLimit)
	}
	return nil
}
