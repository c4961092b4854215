package app

import (
	"slices"

	"github.com/keepwell-health/keepwell/store"
)

const (
	pageSize = 100 // samples fetched by one query
	maxPages = 50  // pages kept: 5,000 samples, a few MB
)

// Pager holds the parts of a long list that were fetched, by pages of pageSize,
// and forgets those not looked at for longest.
type Pager struct {
	pages map[int][]store.Sample
	used  []int // page numbers, the one looked at last at the end
}

// NewPager returns an empty Pager.
func NewPager() *Pager { return &Pager{pages: map[int][]store.Sample{}} }

// At returns the sample at an index of the list, if its page is there.
func (p *Pager) At(index int) (store.Sample, bool) {
	page := p.pages[index/pageSize]
	if at := index % pageSize; at < len(page) {
		return page[at], true
	}
	return store.Sample{}, false
}

// Missing returns the first page that [first, last) needs and that is not
// there. It counts the others as looked at.
func (p *Pager) Missing(first, last int) (page int, missing bool) {
	for page := first / pageSize; page*pageSize < last; page++ {
		if _, ok := p.pages[page]; !ok {
			return page, true
		}
		p.touch(page)
	}
	return 0, false
}

// Put keeps a page.
func (p *Pager) Put(page int, samples []store.Sample) {
	p.pages[page] = samples
	p.touch(page)
	if len(p.used) > maxPages {
		delete(p.pages, p.used[0])
		p.used = p.used[1:]
	}
}

func (p *Pager) touch(page int) {
	p.used = append(slices.DeleteFunc(p.used, func(other int) bool { return other == page }), page)
}

// Query asks for one page of a type's list, the newest first.
func (p *Pager) Query(id store.TypeID, page int) store.Query {
	return store.Query{Type: id, Offset: page * pageSize, Limit: pageSize,
		Sort: []store.Sort{{Key: "startDate", Ascending: false}}}
}
