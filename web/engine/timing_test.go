package engine

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// tolerance is the greatest ratio of two calls' times that is taken for none. One
// of 1.2 must be found. Of a type of which an app has samples of its own, statistics
// take up to 1.08 times as long when others' are denied than when there are none, since
// they may not stand on summaries; that must pass on a machine that has other work.
const tolerance = 1.15

// compareTimes tells how many times as long slow takes as fast, and whether that
// is a difference. Both are called by turns, in an order drawn anew each time, so
// that what else the machine does meets both; the median of the pairs' ratios does
// not mind the pairs that it met. It goes on until the median's confidence interval
// of 99% (of order statistics, so of no assumption on the distribution) lies on one
// side of the tolerance, or long enough.
func compareTimes(random *rand.Rand, fast, slow func()) (ratio float64, differ bool) {
	const least, most, z = 60, 1500, 2.576
	times := func(f func()) float64 {
		start := time.Now()
		f()
		return float64(time.Since(start))
	}
	var ratios []float64 // logarithms
	for {
		var a, b float64
		if random.IntN(2) == 0 {
			a, b = times(fast), times(slow)
		} else {
			b, a = times(slow), times(fast)
		}
		ratios = append(ratios, math.Log(b/a))
		n := len(ratios)
		if n%least != 0 {
			continue
		}
		sorted := slices.Sorted(slices.Values(ratios))
		margin := int(math.Ceil(z / 2 * math.Sqrt(float64(n)))) // the binomial distribution's, approximately
		low, middle, high := sorted[max(0, n/2-margin)], sorted[n/2], sorted[min(n-1, n/2+margin)]
		bound := math.Log(tolerance)
		switch {
		case low > bound || high < -bound:
			return math.Exp(middle), true
		case low > -bound && high < bound:
			return math.Exp(middle), false
		case n >= most:
			return math.Exp(middle), math.Abs(middle) > bound
		}
	}
}

// slowed takes a fifth longer than f.
func slowed(f func()) func() {
	return func() {
		start := time.Now()
		f()
		for end := time.Since(start) * 6 / 5; time.Since(start) < end; {
		}
	}
}

// TestDeniedTakesAsLong compares how long the engine takes to answer, for each
// method, of a type that was denied and of which the person has much, and of one
// that was granted and of which there is nothing. That the comparison would find a
// difference is shown by one call compared with itself, slowed down by a fifth.
func TestDeniedTakesAsLong(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, pair := range twins {
		t.Run(pair.name, func(t *testing.T) {
			pair.records = much(pair)
			a := newTwinned(t, pair)
			for _, method := range slices.Sorted(maps.Keys(twinRequests)) {
				if len(twinRequests[method]) == 0 || method == protocol.MethodUnobserve { // goes with observe
					continue
				}
				denied, empty := a.asking(method, pair.denied), a.asking(method, pair.empty)
				if ratio, differ := compareTimes(random, empty, denied); differ {
					t.Errorf("%s: denied takes %.2f times as long as empty", method, ratio)
				}
				if method != protocol.MethodQuery {
					continue
				}
				if ratio, differ := compareTimes(random, empty, slowed(empty)); !differ {
					t.Errorf("%s: %.2f times as long is not found", method, ratio)
				}
				if ratio, differ := compareTimes(random, slowed(empty), empty); !differ {
					t.Errorf("%s: %.2f times as long is not found", method, ratio)
				}
			}
		})
	}
}

// asking returns a function that sends what twinRequests has of a method, and
// waits for each answer.
func (a *twinned) asking(method string, id store.TypeID) func() {
	uuid, resource := a.uuid, a.pair.resource
	if id == a.pair.empty {
		uuid, resource = noUUID, a.pair.twinResource
	}
	fill := strings.NewReplacer("TYPE", string(id), "UUID", uuid, "RESOURCE", resource, "ANCHOR", "", "MARK", "")
	var requests []string
	for _, params := range twinRequests[method] {
		requests = append(requests, fill.Replace(params))
	}
	return func() {
		for _, params := range requests {
			a.post(method, params)
			a.next(nil)
			if method == protocol.MethodObserve {
				a.post(protocol.MethodUnobserve, fmt.Sprintf(`{"observer":%d}`, a.last))
				a.next(nil)
			}
		}
	}
}

// much returns so many records of the denied type that a look at each would show.
func much(pair twin) protocol.File {
	var text strings.Builder
	if pair.denied == labs {
		for n := range 3000 {
			text.WriteString(oneLine(strings.ReplaceAll(hemoglobin, "a1c", fmt.Sprint("a1c-", n))))
		}
		return file("labs.ndjson", text.String())
	}
	text.WriteString(`<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>`)
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 30_000 {
		at := start.Add(time.Duration(n) * time.Minute).Format("2006-01-02 15:04:05 -0700")
		fmt.Fprintf(&text, `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" startDate="%s" endDate="%[1]s" value="7"/>`, at)
	}
	text.WriteString(`</HealthData>`)
	return file("export.xml", text.String())
}
