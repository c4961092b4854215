// Command records writes generated FHIR R4 resources as NDJSON to standard
// output, one a line, the same for the same number: input for the benchmarks.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"github.com/keepwell-health/keepwell/store/intake/sample"
)

func main() {
	n := flag.Int("n", 50_000, "how `many` resources")
	flag.Parse()
	w := bufio.NewWriter(os.Stdout)
	err := sample.WriteNDJSON(w, *n)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "records:", err)
		os.Exit(1)
	}
}
