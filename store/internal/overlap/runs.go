package overlap

import (
	"cmp"
	"slices"
)

// Join returns the intervals of several runs, each sorted by Start, as one run.
// It may return one of them, and reorders runs.
func Join(runs [][]Interval) []Interval {
	if len(runs) == 0 {
		return nil
	}
	slices.SortStableFunc(runs, func(a, b []Interval) int { return cmp.Compare(firstStart(a), firstStart(b)) })
	chains := chain(runs)
	for len(chains) > 1 {
		paired := chains[:0]
		for at := 0; at < len(chains); at += 2 {
			if at+1 == len(chains) {
				paired = append(paired, chains[at])
			} else {
				paired = append(paired, merge(chains[at], chains[at+1]))
			}
		}
		chains = paired
	}
	return chains[0]
}

func firstStart(run []Interval) int64 {
	if len(run) == 0 {
		return 0
	}
	return run[0].Start
}

// chain puts runs after one another that are so in time, which most are: then
// there is nothing to merge. Runs are by their first start.
func chain(runs [][]Interval) [][]Interval {
	var chains [][][]Interval
next:
	for _, run := range runs {
		if len(run) == 0 {
			continue
		}
		for at, links := range chains {
			if last := links[len(links)-1]; last[len(last)-1].Start <= run[0].Start {
				chains[at] = append(links, run)
				continue next
			}
		}
		chains = append(chains, [][]Interval{run})
	}
	joined := make([][]Interval, max(1, len(chains)))
	for at, links := range chains {
		joined[at] = links[0]
		if len(links) > 1 {
			joined[at] = slices.Concat(links...)
		}
	}
	return joined
}

// merge returns two sorted runs as one.
func merge(a, b []Interval) []Interval {
	merged := make([]Interval, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Start <= b[0].Start {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// Cover returns what a run covers, in disjoint intervals whose Value is their
// length in ms: merged and summed they give the time that at least one sample of
// at least one source covers. An instant covers nothing, but is there.
func Cover(run []Interval) []Interval {
	covered := make([]Interval, 0, len(run)/4)
	for _, sample := range run {
		end := max(sample.Start, sample.End)
		if last := len(covered) - 1; last >= 0 && reaches(covered[last], sample.Start, end) {
			covered[last].End = max(covered[last].End, end)
			continue
		}
		covered = append(covered, Interval{Start: sample.Start, End: end})
	}
	for at := range covered {
		covered[at].Value = float64(covered[at].End - covered[at].Start)
	}
	return covered
}

// reaches reports whether covered and [start, end), which begins no earlier, are
// one. An instant where covered ends is not in it, and may be in another bucket.
func reaches(covered Interval, start, end int64) bool {
	return start < covered.End || start == covered.End && (end > start || covered.Start == covered.End)
}
