package backup

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
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

// growth samples the heap in use while work runs.
func growth(work func()) (most uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.ReadMemStats(&now)
				if now.HeapInuse > before.HeapInuse {
					most = max(most, now.HeapInuse-before.HeapInuse)
				}
				runtime.Gosched()
			}
		}
	}()
	work()
	close(stop)
	<-done
	return most
}

// TestMemory exports and restores what does not fit into the memory that it may
// take.
func TestMemory(t *testing.T) {
	const documents, size, most = 128, 1 << 20, 80 << 20 // bytes; a store keeps 32 MiB of what it opened
	defer debug.SetGCPercent(debug.SetGCPercent(10))     // so that garbage hardly counts
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
	taken := growth(func() {
		if _, err := Export(background, s, file, passphrase, quick); err != nil {
			t.Fatal(err)
		}
	})
	if taken > most {
		t.Errorf("an export of %d MiB takes %d MiB of memory", file.Len()>>20, taken>>20)
	}
	into := roomy(t)
	taken = growth(func() {
		if _, err := restored(into, file.Bytes(), Replace); err != nil {
			t.Fatal(err)
		}
	})
	if stored := uint64(into.Status().Bytes); taken > stored+most { // what is stored is in memory here
		t.Errorf("a restore of %d MiB takes %d MiB of memory", stored>>20, taken>>20)
	}
}

func BenchmarkExport(b *testing.B) {
	for _, count := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			s := large(b, count)
			size := int64(0)
			most := uint64(0)
			for b.Loop() {
				to := &counter{}
				most = max(most, growth(func() {
					if _, err := Export(background, s, to, passphrase, quick); err != nil {
						b.Fatal(err)
					}
				}))
				size = to.n
			}
			b.ReportMetric(float64(size)/1e6, "MB-file")
			b.ReportMetric(float64(most)/1e6, "MB-heap")
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
