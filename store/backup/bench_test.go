package backup

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
)

// large returns a store of so many records of some 900 bytes, and ten times as
// many samples.
func large(b *testing.B, count int) *store.Store {
	b.Helper()
	s := roomy(b)
	random := rand.New(rand.NewPCG(1, 2))
	for part := range 10 {
		var records []record
		var samples []store.Sample
		for n := range count / 10 {
			id := fmt.Sprint(part, "-", n)
			raw := fmt.Sprintf(`{"resourceType":"Condition","id":%q,"text":%q,"n":%d}`, id, strings.Repeat("Some text of a record. ", 35), random.Uint64())
			records = append(records, record{source: clinicA, kind: "Condition", id: id, release: fhir.R4, raw: raw})
		}
		for n := range count {
			samples = append(samples, sample("heartRate", watch, int64(part*count+n)*60_000, float64(50+random.IntN(100)), "count/min"))
		}
		addRecords(b, s, records...)
		addSamples(b, s, samples...)
	}
	return s
}

// roomy returns an empty store whose segments have the size that they have in a
// browser.
func roomy(b testing.TB) *store.Store {
	b.Helper()
	backend := mem.New()
	keys, err := seal.OpenKeyring(background, backend, seal.NewMemoryKeys())
	if err != nil {
		b.Fatal(err)
	}
	return openStore(b, backend, keys, 0)
}

// meter looks at what is live on the heap, each time that another 4 MiB of a backup
// has passed by: at points of the work itself, since how far garbage piles up
// between them depends on what else the machine does.
type meter struct {
	before, most uint64
	passed       int
}

func newMeter() *meter { return &meter{before: live()} }

func live() uint64 {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

func (m *meter) pass(n int) {
	if m.passed += n; m.passed >= 4<<20 {
		m.passed = 0
		if now := live(); now > m.before {
			m.most = max(m.most, now-m.before)
		}
	}
}

type meteredWriter struct {
	io.Writer
	*meter
}

func (w meteredWriter) Write(p []byte) (int, error) {
	w.pass(len(p))
	return w.Writer.Write(p)
}

type meteredReader struct {
	io.ReaderAt
	*meter
}

func (r meteredReader) ReadAt(p []byte, at int64) (int, error) {
	r.pass(len(p))
	return r.ReaderAt.ReadAt(p, at)
}

// TestMemory exports and restores what does not fit into the memory that it may
// take.
func TestMemory(t *testing.T) {
	const documents, size, most = 128, 1 << 20, 40 << 20 // bytes; a store keeps 32 MiB of what it opened
	s := roomy(t)
	random := rand.New(rand.NewPCG(5, 6))
	raw := make([]byte, size)
	for n := range documents {
		for at := 0; at < size; at += 8 {
			binary.LittleEndian.PutUint64(raw[at:], random.Uint64())
		}
		addDocument(t, s, fmt.Sprint(n), raw)
	}
	file := &bytes.Buffer{}
	file.Grow((documents + 1) * size)
	exporting := newMeter()
	if _, err := Export(background, s, meteredWriter{file, exporting}, passphrase, quick); err != nil {
		t.Fatal(err)
	}
	if exporting.most > most {
		t.Errorf("an export of %d MiB takes %d MiB of memory", file.Len()>>20, exporting.most>>20)
	}
	into, restoring := roomy(t), newMeter()
	src := meteredReader{bytes.NewReader(file.Bytes()), restoring}
	if _, err := Restore(background, into, src, int64(file.Len()), passphrase, Replace, quick); err != nil {
		t.Fatal(err)
	}
	if stored := uint64(into.Status().Bytes); restoring.most > stored+most { // what is stored is in memory here
		t.Errorf("a restore of %d MiB takes %d MiB of memory", stored>>20, restoring.most>>20)
	}
}

func BenchmarkExport(b *testing.B) {
	for _, count := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			s := large(b, count)
			size := int64(0)
			for b.Loop() {
				to := &counter{}
				if _, err := Export(background, s, to, passphrase, quick); err != nil {
					b.Fatal(err)
				}
				size = to.n
			}
			b.ReportMetric(float64(size)/1e6, "MB-file")
		})
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func BenchmarkRestore(b *testing.B) {
	for _, count := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			var file bytes.Buffer
			if _, err := Export(background, large(b, count), &file, passphrase, quick); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				s := roomy(b)
				if _, err := restored(s, file.Bytes(), Merge); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
