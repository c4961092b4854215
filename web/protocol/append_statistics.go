package protocol

import "github.com/keepwell-health/keepwell/store"

// StatisticsCollectionResult is store.StatisticsCollectionResult, which writes
// itself: a year of hours is a megabyte.
type StatisticsCollectionResult store.StatisticsCollectionResult

// AppendJSON is QueryResult.AppendJSON for a collection of statistics.
func (r StatisticsCollectionResult) AppendJSON(dst []byte) []byte {
	dst = appendField(append(dst, '{'), "type", string(r.Type))
	dst = appendOptionalField(dst, "unit", r.Unit)
	dst = append(appendName(dst, "statistics"), '[')
	for i := range r.Statistics {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendStatistics(dst, &r.Statistics[i])
	}
	return append(dst, ']', '}')
}

func appendStatistics(dst []byte, s *store.Statistics) []byte {
	dst = appendIntField(append(dst, '{'), "startDate", s.StartDate)
	dst = appendIntField(dst, "endDate", s.EndDate)
	dst = appendFigures(dst, &s.Figures)
	if len(s.Sources) > 0 {
		dst = append(appendName(dst, "sources"), '[')
		for i := range s.Sources {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendSource(append(dst, `{"source":`...), &s.Sources[i].Source)
			dst = append(appendFigures(dst, &s.Sources[i].Figures), '}')
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func appendFigures(dst []byte, f *store.Figures) []byte {
	dst = appendOptionalNumber(dst, "sum", f.Sum)
	dst = appendOptionalNumber(dst, "average", f.Average)
	dst = appendOptionalNumber(dst, "min", f.Min)
	dst = appendOptionalNumber(dst, "max", f.Max)
	if recent := f.MostRecent; recent != nil {
		dst = append(appendName(dst, "mostRecent"), '{')
		dst = appendNumber(appendName(dst, "value"), recent.Value)
		dst = appendIntField(dst, "startDate", recent.StartDate)
		dst = append(appendIntField(dst, "endDate", recent.EndDate), '}')
	}
	return appendOptionalNumber(dst, "duration", f.Duration)
}

func appendOptionalNumber(dst []byte, name string, value *float64) []byte {
	if value == nil {
		return dst
	}
	return appendNumber(appendName(dst, name), *value)
}
