package intake_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keepwell-health/keepwell/store/intake"
)

// inflater is a file that inflates by itself and breaks after some bytes.
type inflater struct {
	file
	after int64 // bytes; -1: never breaks
	ran   *int
}

func (f inflater) Inflate(packed io.Reader, sum, size uint32) io.ReadCloser {
	*f.ran++
	stream := flate.NewReader(packed)
	if f.after < 0 {
		content, err := io.ReadAll(stream)
		if err == nil && (crc32.ChecksumIEEE(content) != sum || uint32(len(content)) != size) {
			err = errors.New("another checksum or size")
		}
		if err == nil {
			return io.NopCloser(bytes.NewReader(content))
		}
		return io.NopCloser(io.MultiReader(bytes.NewReader(content[:len(content)/2]), broken{}))
	}
	return io.NopCloser(iotest.DataErrReader(io.MultiReader(io.LimitReader(stream, f.after), broken{})))
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// manySteps is an export of n records that does not compress below minInflater.
func manySteps(n int) string {
	var records strings.Builder
	noise := uint32(1)
	for at := range n {
		records.WriteString(strings.NewReplacer("08:00:00", clock(at), "08:10:00", clock(at), "17.2", noiseOf(&noise)).Replace(steps("1")) + "\n")
	}
	return healthData(records.String())
}

func clock(second int) string {
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return two(second/3600) + ":" + two(second/60%60) + ":" + two(second%60)
}

func noiseOf(state *uint32) string {
	letters := make([]byte, 40)
	for at := range letters {
		*state = *state*1664525 + 1013904223
		letters[at] = 'a' + byte(*state>>24)%26
	}
	return string(letters)
}

// TestInflater holds that a file's own way to inflate is used, that a wrong
// checksum is reported, and that Go goes on where it breaks.
func TestInflater(t *testing.T) {
	const records = 12_000
	packed := zipOf(t, "apple_health_export/export.xml", manySteps(records))
	if len(packed) < 300<<10 {
		t.Fatalf("only %d bytes packed", len(packed))
	}
	damaged := strings.Clone(packed)
	at := len(damaged) / 2
	damaged = damaged[:at] + string([]byte{damaged[at] ^ 0xff, damaged[at+1] ^ 0xff, damaged[at+2] ^ 0xff}) + damaged[at+3:]
	wrongSum := packed[:strings.LastIndex(packed, "PK\x01\x02")+16] + "\x00\x00\x00\x00" + packed[strings.LastIndex(packed, "PK\x01\x02")+20:]

	for _, c := range []struct {
		name, packed string
		after        int64
		least, skips int // records, at least
	}{
		{"whole", packed, -1, records, 0},
		{"breaks at once", packed, 0, records, 0},
		{"breaks later", packed, 1_000_000, records, 0},
		{"wrong checksum", wrongSum, -1, records, 1},
		{"damaged", damaged, -1, records / 3, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ran := 0
			one := inflater{file{"export.zip", bytes.NewReader([]byte(c.packed))}, c.after, &ran}
			report := mustImport(t, openStore(t), one)
			if ran == 0 {
				t.Error("Go inflated alone")
			}
			if report.Added < c.least || report.SkippedCount < c.skips || c.skips == 0 && report.SkippedCount > 0 {
				t.Errorf("%d added, skipped %+v", report.Added, report.Skipped[:min(3, len(report.Skipped))])
			}
			plain := mustImport(t, openStore(t), intake.File(one.file))
			if plain.Added != report.Added || plain.SkippedCount != report.SkippedCount || plain.NotesCount != report.NotesCount || plain.Unchanged != report.Unchanged {
				t.Errorf("Go alone: %+v; else %+v", plain, report)
			}
		})
	}
}
