// Command build writes the whole static site to dist/: the wasm module, the
// person's page, the SDK and the example portal, each file with its brotli
// companion. Any static server can serve it. With -edge it also writes the Worker
// that serves it from Cloudflare. Equal sources give equal bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// wasmBudget is the most that the compressed module may weigh, in bytes
// (DESIGN.md, Budgets: 1.2 MB).
const wasmBudget = 1_200_000

func main() {
	root := flag.String("root", ".", "the repository's `folder`")
	out := flag.String("out", "dist", "the `folder` to write; what was there is replaced")
	quality := flag.Int("quality", 11, "brotli quality, 0 to 11; 11 takes half a minute when nothing is cached")
	edge := flag.String("edge", "", "the `folder` to write the edge's Worker to; none when empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, *root, *out, *quality)
	if err == nil && *edge != "" {
		err = runEdge(ctx, *root, *edge)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, out string, quality int) error {
	start := time.Now()
	s := newSite(root)
	if err := s.collect(ctx); err != nil {
		return err
	}
	compressed, err := compressAll(s.files, quality)
	if err != nil {
		return err
	}
	if err := write(out, s.files, compressed); err != nil {
		return err
	}
	report(s, compressed, quality)
	fmt.Printf("built %s in %.1f s\n", out, time.Since(start).Seconds())
	return nil
}

func runEdge(ctx context.Context, root, out string) error {
	files, err := edgeFiles(ctx, root)
	if err != nil {
		return err
	}
	if err := write(out, files); err != nil {
		return err
	}
	return reportEdge(files)
}

// report prints what a first visit weighs.
func report(s *site, compressed map[string][]byte, quality int) {
	raw, packed := 0, 0
	for name, content := range s.files {
		if name == "index.html" || (s.isAsset(name) && name != s.named["keepwell.wasm"]) {
			raw += len(content)
			packed += transferred(content, compressed[name+brotliSuffix])
		}
	}
	module := s.named["keepwell.wasm"]
	fmt.Printf("keepwell.wasm %d bytes, %d with brotli %d (budget %d at 11)\n",
		len(s.files[module]), len(compressed[module+brotliSuffix]), quality, wasmBudget)
	fmt.Printf("page and its assets %d bytes, %d with brotli\n", raw, packed)
	if quality == 11 && len(compressed[module+brotliSuffix]) > wasmBudget {
		fmt.Println("keepwell.wasm is over its budget")
	}
}

func transferred(raw, packed []byte) int {
	if packed == nil {
		return len(raw)
	}
	return len(packed)
}
