package backup

import (
	"bytes"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// keyed returns a store of backend, and the keys to open it again with.
func keyed(t testing.TB, backend store.Backend, device seal.DeviceKey) (*store.Store, error) {
	t.Helper()
	keys, err := seal.OpenKeyring(background, backend, device)
	if err != nil {
		return nil, err
	}
	records, err := keys.Sealer()
	if err != nil {
		return nil, err
	}
	metadata, err := keys.SealerOf(seal.ClassMetadata)
	if err != nil {
		return nil, err
	}
	return store.Open(background, backend, records, store.Options{SegmentSize: 512, Permissions: metadata})
}

// TestExportFaults lets each call of an export fail: it says so, and a file that
// is said to be whole is.
func TestExportFaults(t *testing.T) {
	inner, device := mem.New(), seal.NewMemoryKeys()
	s, err := keyed(t, inner, device)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	for n := 1; ; n++ {
		faulty := storetest.NewFaulty(inner, n, storetest.BeforeEffect)
		s, err := keyed(t, faulty, device)
		if err != nil {
			continue
		}
		var b bytes.Buffer
		manifest, err := Export(background, s, &b, passphrase, quick)
		if !faulty.Reached() {
			return
		}
		if err != nil {
			if codeOf(err) == "" || !strings.Contains(err.Error(), "failed") {
				t.Errorf("call %d: %v does not say what failed", n, err)
			}
			continue
		}
		if manifest.Counts.Records != 43 || manifest.Counts.Samples != 7 {
			t.Errorf("call %d: a backup of %+v passes for whole", n, manifest.Counts)
		}
	}
}

// TestRestoreFaults lets each call of a restore fail: the store shows what it did
// before, or all that it should after.
func TestRestoreFaults(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	for _, mode := range []Mode{Merge, Replace} {
		before, after := mem.New(), ""
		device := seal.NewMemoryKeys()
		s, err := keyed(t, before, device)
		if err != nil {
			t.Fatal(err)
		}
		addSamples(t, s, sample("stepCount", phone, 1, 2, "count"))
		addRecords(t, s, record{source: clinicB, kind: "Procedure", id: "mine"})
		was := describe(t, s)
		for _, when := range []storetest.When{storetest.AfterEffect, storetest.BeforeEffect} {
			for n := 0; ; n++ { // none fails at first
				inner := before.Clone()
				faulty := storetest.NewFaulty(inner, n, when)
				s, err := keyed(t, faulty, device)
				if err != nil {
					continue
				}
				_, err = restored(s, file, mode)
				if n > 0 && !faulty.Reached() {
					break
				}
				if s, reopenErr := keyed(t, inner, device); reopenErr != nil {
					t.Fatal(reopenErr)
				} else if is := describe(t, s); n == 0 {
					after = is
				} else if is != after && (err == nil || is != was) {
					t.Errorf("%s, call %d failed with %v:", mode, n, err)
					differ(t, "after", is, after)
				}
				if err != nil && codeOf(err) == "" {
					t.Errorf("%s, call %d: %v does not say what failed", mode, n, err)
				}
			}
		}
	}
}
