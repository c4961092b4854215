package sample

import (
	"bufio"
	"io"
	"strconv"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

// benchDay is the day as of which WriteNDJSON writes, so that its output never changes.
var benchDay = time.Date(2026, time.November, 1, 12, 0, 0, 0, time.UTC)

// WriteNDJSON writes n resources of FHIR R4 as NDJSON, those of as many
// fictional people as it takes: 50,000 are about 49 MB. The same n always gives
// the same bytes. It is meant for benchmarks and tests of size.
func WriteNDJSON(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	for who := 0; n > 0; who++ {
		one := maya
		one.seed += uint64(who) * 0x9e3779b97f4a7c15 // far apart in the seed space
		one.given += " " + strconv.Itoa(who+1)
		for _, place := range []site{siteA, siteB, siteC} {
			place.release = fhir.R4
			for _, e := range newChart(place, one, benchDay).entries {
				if n == 0 {
					break
				}
				line = append(e.body.appendTo(line[:0]), '\n')
				if _, err := out.Write(line); err != nil {
					return err
				}
				n--
			}
		}
	}
	return out.Flush()
}
