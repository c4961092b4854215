package store

import (
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// summary is the index of a segment of samples: what queries and statistics
// need to know of it without opening it.
type summary struct {
	Type  TypeID
	Rows  int
	Start span
	End   span
	Added span
	Sync  bool // some row has a syncIdentifier
	// Groups are the rows by source and unit, in the order of first use.
	Groups []summaryGroup
}

// span holds the least and the greatest of a column, in ms since the Unix epoch.
type span struct{ Min, Max int64 }

func (s *span) add(v int64) { s.Min, s.Max = min(s.Min, v), max(s.Max, v) }

// summaryGroup holds the partial results of rows that have one source and unit.
type summaryGroup struct {
	SourceID, SourceName string // the name is that of the last row
	Unit                 string
	Count                int // rows
	Values               int // rows with a value
	Sum, Min, Max        float64
}

// summarize makes the summary of a table whose rows are of one type.
func summarize(table *columnar.Table) *summary {
	first := object{table: table}
	s := &summary{
		Type:  TypeID(first.text(columnType)),
		Rows:  table.Rows(),
		Start: span{first.start(), first.start()},
		End:   span{first.end(), first.end()},
		Added: span{first.added(), first.added()},
	}
	groups := map[[2]uint32]int{}
	for at := range table.Rows() {
		o := object{table: table, at: at}
		s.Start.add(o.start())
		s.End.add(o.end())
		s.Added.add(o.added())
		s.Sync = s.Sync || o.text(columnSyncIdentifier) != ""
		key := [2]uint32{table.Code(columnSourceID, at), table.Code(columnUnit, at)}
		place, known := groups[key]
		if !known {
			place = len(s.Groups)
			groups[key] = place
			s.Groups = append(s.Groups, summaryGroup{SourceID: o.text(columnSourceID), Unit: o.text(columnUnit)})
		}
		s.Groups[place].add(o)
	}
	return s
}

// has reports whether the segment has samples of a source.
func (s *summary) has(source string) bool {
	return slices.ContainsFunc(s.Groups, func(g summaryGroup) bool { return g.SourceID == source })
}

func (g *summaryGroup) add(o object) {
	g.SourceName = o.text(columnSourceName)
	g.Count++
	value, ok := o.value()
	if !ok {
		return
	}
	if g.Values == 0 {
		g.Min, g.Max = value, value
	}
	g.Values++
	g.Sum += value
	g.Min, g.Max = min(g.Min, value), max(g.Max, value)
}

// encode returns the bytes of the index, before compression and sealing.
func (s *summary) encode() []byte {
	e := &columnar.Encoder{}
	e.Text(string(s.Type))
	e.Uvarint(uint64(s.Rows))
	for _, bounds := range []span{s.Start, s.End, s.Added} {
		e.Varint(bounds.Min)
		e.Varint(bounds.Max)
	}
	if s.Sync {
		e.Byte(1)
	} else {
		e.Byte(0)
	}
	e.Uvarint(uint64(len(s.Groups)))
	for _, group := range s.Groups {
		e.Text(group.SourceID)
		e.Text(group.SourceName)
		e.Text(group.Unit)
		e.Uvarint(uint64(group.Count))
		e.Uvarint(uint64(group.Values))
		for _, v := range []float64{group.Sum, group.Min, group.Max} {
			e.Uint64(math.Float64bits(v))
		}
	}
	return e.Bytes
}

// minSummaryGroup is the least number of bytes of an encoded summaryGroup.
const minSummaryGroup = 3 + 2 + 3*8

// decodeSummary reads what encode wrote; the error is columnar.ErrMalformed.
func decodeSummary(b []byte) (*summary, error) {
	d := columnar.NewDecoder(b)
	s := &summary{Type: TypeID(d.Text()), Rows: int(d.Below(columnar.MaxRows + 1))}
	for _, bounds := range []*span{&s.Start, &s.End, &s.Added} {
		bounds.Min, bounds.Max = d.Varint(), d.Varint()
	}
	s.Sync = d.Below(2) == 1
	s.Groups = make([]summaryGroup, d.Count(minSummaryGroup))
	for at := range s.Groups {
		s.Groups[at] = summaryGroup{
			SourceID: d.Text(), SourceName: d.Text(), Unit: d.Text(),
			Count:  int(d.Below(columnar.MaxRows + 1)),
			Values: int(d.Below(columnar.MaxRows + 1)),
			Sum:    math.Float64frombits(d.Uint64()),
			Min:    math.Float64frombits(d.Uint64()),
			Max:    math.Float64frombits(d.Uint64()),
		}
	}
	if err := d.End(); err != nil {
		return nil, err
	}
	return s, nil
}
