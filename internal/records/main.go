// Command records writes generated health records, the same for the same number:
// input for the benchmarks. Without -export it writes FHIR R4 resources as
// NDJSON to standard output; with it, an export of Apple's Health app to a file
// and what an importer must make of it, as JSON, to standard output.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/keepwell-health/keepwell/internal/healthexport"
	"github.com/keepwell-health/keepwell/store/intake/sample"
)

func main() {
	n := flag.Int("n", 50_000, "how `many` resources")
	days := flag.Int("days", 3653, "how many `days` an export covers; 1,300 records each")
	export := flag.String("export", "", "the `file` to write an export to: export.zip, or export.xml alone by its ending")
	flag.Parse()
	w := bufio.NewWriter(os.Stdout)
	err := write(w, *n, *days, *export)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "records:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, n, days int, export string) error {
	if export == "" {
		return sample.WriteNDJSON(w, n)
	}
	e, err := healthexport.New(days)
	if err != nil {
		return err
	}
	file, err := os.Create(export)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := e.WriteTo(export, file); err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(e.Expected()); err != nil {
		return err
	}
	return file.Close()
}
