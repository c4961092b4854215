package fhir

// fillDates reads Start and End. The first element of the recipe that holds a
// date counts; a Period or Timing gives both.
func (s *summarizer) fillDates(r *recipe) {
	sum := s.sum
	for _, p := range r.dates {
		if !s.seek(p) {
			continue
		}
		if start, end := s.dates(0); !start.IsZero() || !end.IsZero() {
			sum.Start, sum.End = start, end
			break
		}
	}
	for _, p := range r.ends {
		if !s.seek(p) {
			continue
		}
		start, end := s.dates(0)
		if end.IsZero() {
			end = start
		}
		if !end.IsZero() {
			sum.End = end
			break
		}
	}
	if sum.Start.IsZero() && !sum.End.IsZero() {
		sum.Start = sum.End // all that is known of the time
	}
}

// maxDateDepth is how deep dates are looked for: Timing.repeat.boundsPeriod.start,
// each maybe in an array.
const maxDateDepth = 6

// dates reads a date, a Period or a Timing at the position; of several dates it
// returns the first and the last as they are written.
func (s *summarizer) dates(depth int) (start, end DateTime) {
	l := &s.lex
	switch c := l.next(); {
	case c == '"':
		return ParseDateTime(s.text()), DateTime{}
	case c == '[' && depth < maxDateDepth:
		l.eachElement(func() {
			from, to := s.dates(depth + 1)
			switch {
			case start.IsZero():
				start, end = from, to
			case !to.IsZero():
				end = to
			case !from.IsZero():
				end = from
			}
		})
	case c == '{' && depth < maxDateDepth:
		l.eachMember(func(key []byte) {
			switch string(key) {
			case "start":
				start, _ = s.dates(depth + 1)
			case "end":
				end, _ = s.dates(depth + 1)
			case "event", "repeat", "boundsPeriod", "bounds":
				from, to := s.dates(depth + 1)
				if start.IsZero() {
					start, end = from, to
				}
			default:
				l.skipValue()
			}
		})
	default:
		l.skipValue()
	}
	return start, end
}
