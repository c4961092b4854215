package app

import (
	"strconv"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func page(number, size int) []store.Sample {
	samples := make([]store.Sample, size)
	for i := range samples {
		samples[i].UUID = strconv.Itoa(number*pageSize + i)
	}
	return samples
}

func TestPagerAsksForWhatIsMissing(t *testing.T) {
	p := NewPager()
	if number, missing := p.Missing(90, 110); !missing || number != 0 {
		t.Fatalf("an empty pager misses page %d (%v)", number, missing)
	}
	p.Put(0, page(0, pageSize))
	if number, missing := p.Missing(90, 110); !missing || number != 1 {
		t.Fatalf("a pager with page 0 misses page %d (%v)", number, missing)
	}
	p.Put(1, page(1, 30)) // the list's end
	if _, missing := p.Missing(90, 110); missing {
		t.Error("all pages are there and one is missing")
	}
	if s, ok := p.At(105); !ok || s.UUID != "105" {
		t.Errorf("At(105) = %q, %v", s.UUID, ok)
	}
	if _, ok := p.At(130); ok {
		t.Error("the list goes on beyond its end")
	}
	if _, missing := p.Missing(0, 0); missing {
		t.Error("an empty window misses a page")
	}
}

func TestPagerForgetsWhatWasNotLookedAt(t *testing.T) {
	p := NewPager()
	for number := range maxPages {
		p.Put(number, page(number, pageSize))
	}
	p.Missing(0, 1) // page 0 is looked at again
	p.Put(maxPages, page(maxPages, pageSize))
	if _, ok := p.At(0); !ok {
		t.Error("a page in view was forgotten")
	}
	if _, ok := p.At(pageSize); ok {
		t.Error("the page not looked at for longest was kept")
	}
	if len(p.pages) != maxPages || len(p.used) != maxPages {
		t.Errorf("%d pages kept, %d noted, want %d", len(p.pages), len(p.used), maxPages)
	}
}
