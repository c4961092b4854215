package store

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Cells are the hours, or halves or quarters of them, that every stretch of the
// person's calendar consists of. Figures over millions of samples are computed
// cell by cell, once, and kept; a year of days is then the sum of 8,760 cells.

// cellsPerBlock is how many cells are computed and kept as one: about six weeks
// of hours.
const cellsPerBlock = 1024

// cellSizes are the lengths of cells in ms, the best first. No zone is now, or
// has been since 1972, ahead of UTC by anything but quarters of an hour.
var cellSizes = []int64{60 * 60_000, 30 * 60_000, 15 * 60_000}

// blockKey names a block of cells by all that its figures depend on.
type blockKey struct {
	samples *typeTable // of one state: another one has others
	order   string     // of sources
	want    figureSet
	size    int64 // of a cell, in ms
	number  int64 // of the block: 0 begins at the Unix epoch
}

// cellSize returns the size of the cells that the stretches consist of, but for
// the ends of the range, or 0.
func (r *statisticsRun) cellSize() int64 {
	inner := r.edges[1 : len(r.edges)-1]
	for _, size := range cellSizes {
		crossed := slices.ContainsFunc(inner, func(edge int64) bool { return edge%size != 0 })
		if whole := r.wholeCells(size); !crossed && whole.from < whole.to {
			return size
		}
	}
	return 0
}

// wholeCells returns the cells that lie whole in the range.
func (r *statisticsRun) wholeCells(size int64) interval {
	return interval{-floorDivide(-r.edges[0], size) * size, floorDivide(r.edges[len(r.edges)-1], size) * size}
}

func floorDivide(a, b int64) int64 {
	quotient := a / b
	if a%b < 0 {
		quotient--
	}
	return quotient
}

// computeByCells adds up the figures of cells, and of what is left at the ends.
func (r *statisticsRun) computeByCells(ctx context.Context, size int64) (*tallies, error) {
	if err := r.rank(ctx); err != nil {
		return nil, err
	}
	for _, one := range r.pieces {
		one.stretch = -1 // cells are of every sample
	}
	b := &foldedTallies{run: r, sources: map[string]sourceTally{}}
	b.together = r.newTally(len(r.edges) - 1)
	whole := r.wholeCells(size)
	if head := []int64{r.edges[0], whole.from}; head[0] < head[1] {
		if err := b.addPart(ctx, head); err != nil {
			return nil, err
		}
	}
	length := size * cellsPerBlock
	for number := floorDivide(whole.from, length); number*length < whole.to; number++ {
		if err := b.addBlock(ctx, size, number, whole); err != nil {
			return nil, err
		}
	}
	if tail := []int64{whole.to, r.edges[len(r.edges)-1]}; tail[0] < tail[1] {
		if err := b.addPart(ctx, tail); err != nil {
			return nil, err
		}
	}
	return b.tallies(), nil
}

// foldedTallies adds up the figures of parts of the range, which come by time.
type foldedTallies struct {
	run      *statisticsRun
	together *tally
	sources  map[string]sourceTally
}

// addPart computes a part of the range that no cell is.
func (b *foldedTallies) addPart(ctx context.Context, edges []int64) error {
	found, err := b.run.tallyBetween(ctx, edges)
	if err != nil {
		return err
	}
	b.fold(found, edges, 0, 1)
	return nil
}

// addBlock adds the cells of a block that are in the range.
func (b *foldedTallies) addBlock(ctx context.Context, size, number int64, whole interval) error {
	edges := make([]int64, cellsPerBlock+1)
	for at := range edges {
		edges[at] = (number*cellsPerBlock + int64(at)) * size
	}
	found, err := b.run.block(ctx, size, number, edges)
	if err != nil {
		return err
	}
	first := max(0, (whole.from-edges[0])/size)
	end := min(cellsPerBlock, (whole.to-edges[0])/size)
	b.fold(found, edges, int(first), int(end))
	return nil
}

// block returns the figures of a block of cells.
func (r *statisticsRun) block(ctx context.Context, size, number int64, edges []int64) (*tallies, error) {
	key := blockKey{r.state.table(r.id), r.order(), r.want, size, number}
	if known, ok := r.session.blocks.Get(key); ok {
		return known, nil
	}
	found, err := r.tallyBetween(ctx, edges)
	if err != nil {
		return nil, err
	}
	length := found.together.size() + len(key.order)
	for _, one := range found.sources {
		length += one.size()
	}
	r.session.blocks.Put(key, found, length)
	return found, nil
}

// order returns the order of the type's sources as one string.
func (r *statisticsRun) order() string {
	return strings.Join(slices.SortedFunc(maps.Keys(r.ranks), r.compareSources), "\x00")
}

// tallyBetween computes figures of all the samples of a span.
func (r *statisticsRun) tallyBetween(ctx context.Context, edges []int64) (*tallies, error) {
	var near []*segment
	for _, at := range r.state.table(r.id).samples {
		one := r.state.segments[at]
		if one.live() > 0 && one.summary.Start.Min < edges[len(edges)-1] && one.summary.End.Max >= edges[0] {
			near = append(near, one)
		}
	}
	pieces := make([]*piece, len(near))
	err := concurrently(len(near), func(at int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		samples, err := r.seriesOf(ctx, r.session, near[at])
		pieces[at] = &piece{one: near[at], samples: samples, opened: true, stretch: -1}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.tally(ctx, pieces, edges)
}

// fold adds the stretches from first up to end of a part to those of the range
// that they lie in.
func (b *foldedTallies) fold(part *tallies, edges []int64, first, end int) {
	outer := b.run.edges
	at := sort.Search(len(outer), func(at int) bool { return outer[at] > edges[first] }) - 1
	for first < end {
		last := first + sort.Search(end-first, func(n int) bool { return edges[first+n] >= outer[at+1] })
		b.foldInto(at, edges[first] == outer[at], part, first, last)
		first = last
		at++
	}
}

func (b *foldedTallies) foldInto(stretch int, begins bool, part *tallies, first, end int) {
	b.together.fold(stretch, begins, part.together, first, end)
	for _, one := range part.sources {
		own, known := b.sources[one.source.ID]
		if !known {
			own.tally = b.run.newTally(len(b.run.edges) - 1)
		}
		own.source = one.source // the newest name
		own.tally.fold(stretch, begins, one.tally, first, end)
		b.sources[one.source.ID] = own
	}
}

// tallies returns the figures, the sources by priority.
func (b *foldedTallies) tallies() *tallies {
	t := &tallies{together: b.together}
	for _, id := range slices.SortedFunc(maps.Keys(b.sources), b.run.compareSources) {
		t.sources = append(t.sources, b.sources[id])
	}
	return t
}
