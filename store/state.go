package store

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
)

// state is what one manifest says, decoded: all that a query plans with. A
// state never changes once it is made, so that readers need no lock and see one
// consistent store while a commit makes the next.
type state struct {
	head     []byte // as stored; nil for a store without a commit
	manifest *manifest
	segments []*segment // in the manifest's order
	reach    []uint64   // the greatest end of each segment and those before it
	types    map[TypeID]*typeTable
}

// typeTable lists the live objects of a type.
type typeTable struct {
	records []ref // rows of record segments, by sequence number
	samples []int // places of the sample segments
	live    int

	// changes are the places of the segments that hold an object or a tombstone of
	// the type, in their order; owned are those with samples or tombstones of an
	// app, by its source. Records are nobody's own: apps save samples only.
	changes []int
	owned   map[string][]int

	mu     sync.Mutex
	orders map[order][]ref // of records; made when first asked for
}

func emptyState() *state {
	return &state{manifest: &manifest{Next: 1}, types: map[TypeID]*typeTable{}}
}

// at returns the object of a ref.
func (s *state) at(r ref) object { return s.segments[r.segment].objectAt(int(r.row)) }

// find returns the segment of the live object that has a sequence number.
func (s *state) find(sequence uint64) (found *segment, rowAt int, ok bool) {
	at, rowAt, ok := s.locate(sequence)
	if !ok {
		return nil, 0, false
	}
	found = s.segments[at]
	if found.Kind == kindTombstones || found.damaged || found.dead.has(rowAt) {
		return nil, 0, false
	}
	return found, rowAt, true
}

// locate returns the place of the row that has a sequence number.
func (s *state) locate(sequence uint64) (at, rowAt int, ok bool) {
	at = sort.Search(len(s.segments), func(at int) bool { return s.segments[at].Base > sequence }) - 1
	for ; at >= 0 && s.reach[at] > sequence; at-- {
		if rowAt, ok = s.segments[at].row(sequence); ok {
			return at, rowAt, true
		}
	}
	return 0, 0, false
}

func reachOf(segments []*segment) []uint64 {
	reach := make([]uint64, len(segments))
	greatest := uint64(0)
	for at, one := range segments {
		greatest = max(greatest, one.end())
		reach[at] = greatest
	}
	return reach
}

// extend returns the state after s whose segments are those of s and added. It
// also tells the types of which something was added or deleted.
func (s *state) extend(head []byte, m *manifest, added []*segment) (*state, []TypeID) {
	x := &extension{
		next: &state{
			head: head, manifest: m,
			segments: slices.Concat(s.segments, added),
			types:    maps.Clone(s.types),
		},
		touched: map[TypeID]*typeTable{},
		owned:   map[int]bool{},
	}
	x.next.reach = reachOf(x.next.segments)
	for at := len(s.segments); at < len(x.next.segments); at++ {
		x.add(at)
	}
	for at := len(s.segments); at < len(x.next.segments); at++ {
		x.bury(at)
	}
	for _, t := range x.touched {
		x.count(t)
	}
	return x.next, slices.Sorted(maps.Keys(x.touched))
}

// extension is a state in the making.
type extension struct {
	next    *state
	touched map[TypeID]*typeTable // copies that may still change
	owned   map[int]bool          // segments whose dead rows may still change
}

// touch returns the table of a type for changing.
func (x *extension) touch(id TypeID) *typeTable {
	t, ok := x.touched[id]
	if ok {
		return t
	}
	t = &typeTable{}
	if before, ok := x.next.types[id]; ok {
		t.records, t.samples = slices.Clip(before.records), slices.Clip(before.samples)
		t.changes, t.owned = slices.Clip(before.changes), maps.Clone(before.owned)
	}
	x.touched[id], x.next.types[id] = t, t
	return t
}

// add enters the rows of a segment.
func (x *extension) add(at int) {
	added := x.next.segments[at]
	switch {
	case added.damaged:
	case added.Kind == kindSamples:
		t := x.touch(added.summary.Type)
		t.samples = append(t.samples, at)
		t.changed(at)
		for _, group := range added.summary.Groups {
			t.changedBy(group.SourceID, at)
		}
	case added.Kind == kindRecords:
		x.addRecords(at, added)
	}
}

func (x *extension) addRecords(at int, added *segment) {
	byCode := make([]*typeTable, added.table.Strings())
	for rowAt := range added.Rows {
		code := added.table.Code(columnType, rowAt)
		if byCode[code] == nil {
			byCode[code] = x.touch(TypeID(added.table.String(columnType, rowAt)))
			byCode[code].changed(at)
		}
		t := byCode[code]
		t.records = append(t.records, ref{uint32(at), uint32(rowAt)})
	}
}

// bury enters the deletions of a segment of tombstones.
func (x *extension) bury(at int) {
	tombstones := x.next.segments[at]
	if tombstones.Kind != kindTombstones || tombstones.damaged {
		return
	}
	for rowAt := range tombstones.Rows {
		o := tombstones.objectAt(rowAt)
		t := x.touch(TypeID(o.text(columnType)))
		t.changed(at)
		t.changedBy(o.text(columnSourceID), at)
		place, rowAt, ok := x.next.locate(uint64(o.number(columnDeleted)))
		if ok {
			x.kill(place, rowAt, o.text(columnSourceID))
		}
	}
}

func (x *extension) kill(place, rowAt int, source string) {
	doomed := x.next.segments[place]
	if doomed.dead.has(rowAt) {
		return
	}
	if !x.owned[place] {
		changed := *doomed
		changed.dead, changed.deadBySource = doomed.dead.clone(), maps.Clone(doomed.deadBySource)
		doomed = &changed
		x.next.segments[place], x.owned[place] = doomed, true
	}
	doomed.dead = doomed.dead.with(rowAt)
	if doomed.Kind == kindSamples {
		if doomed.deadBySource == nil {
			doomed.deadBySource = map[string]int{}
		}
		doomed.deadBySource[source]++
	}
}

// changed enters a segment that holds something of the type; changedBy one that
// holds something of a source. They may enter it twice and out of order.
func (t *typeTable) changed(at int) {
	if len(t.changes) == 0 || t.changes[len(t.changes)-1] != at {
		t.changes = append(t.changes, at)
	}
}

func (t *typeTable) changedBy(source string, at int) {
	if !strings.HasPrefix(source, appSource) {
		return
	}
	if t.owned == nil {
		t.owned = map[string][]int{}
	}
	t.owned[source] = append(slices.Clip(t.owned[source]), at)
}

// changesFor returns the places of the segments that may hold a change that a
// client sees. Of a type that it may not read they are those of what it saved
// itself, found without a look at any other: a type that is denied must not take
// longer than one without samples.
func (t *typeTable) changesFor(sees *scope) []int {
	if sees.read {
		return t.changes
	}
	return t.owned[sees.own]
}

// samplesFor returns the places of those with samples.
func (s *state) samplesFor(t *typeTable, sees *scope) []int {
	if sees.read {
		return t.samples
	}
	return slices.DeleteFunc(slices.Clone(t.owned[sees.own]), func(at int) bool { return s.segments[at].Kind != kindSamples })
}

// recordsFor returns the records among which a client may see some.
func (t *typeTable) recordsFor(sees *scope) []ref {
	if sees.read {
		return t.records
	}
	return nil
}

// count puts a touched type in order: it drops the dead records and counts what
// is left.
func (x *extension) count(t *typeTable) {
	slices.Sort(t.changes)
	t.changes = slices.Compact(t.changes)
	for source, places := range t.owned {
		slices.Sort(places)
		t.owned[source] = slices.Compact(places)
	}
	isDead := func(r ref) bool { return x.next.segments[r.segment].dead.has(int(r.row)) }
	if slices.ContainsFunc(t.records, isDead) {
		t.records = slices.DeleteFunc(slices.Clone(t.records), isDead)
	}
	t.live = len(t.records)
	for _, at := range t.samples {
		t.live += x.next.segments[at].live()
	}
}

// counts returns the number of live objects of every type that has any.
func (s *state) counts() map[TypeID]int {
	counts := map[TypeID]int{}
	for id, t := range s.types {
		if t.live > 0 {
			counts[id] = t.live
		}
	}
	return counts
}

// table returns the table of a type, which is empty for one without objects.
func (s *state) table(id TypeID) *typeTable {
	if t, ok := s.types[id]; ok {
		return t
	}
	return &typeTable{}
}
