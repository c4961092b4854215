package store

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store/internal/calendar"
	"github.com/keepwell-health/keepwell/store/unit"
)

// Bounds of a collection, so that one query can't occupy the engine.
const (
	maxStretches = 50_000    // five years of hours
	maxFigures   = 1_000_000 // stretches times sources
	maxInterval  = 1000      // units in one stretch
)

// The instants that a date can be, in ms (ECMA-262 section 21.4.1.1).
const (
	firstInstant = -8_640_000_000_000_000
	lastInstant  = +8_640_000_000_000_000
)

// figureSet tells which figures to compute.
type figureSet struct {
	sum, average, min, max, recent, duration bool
	bySource                                 bool
}

// statisticsPlan is a checked query, ready to run on a state.
type statisticsPlan struct {
	search // its matches leave out the dates that bound the figures
	known  Type
	want   figureSet

	unit  string     // of the figures
	scale unit.Scale // from the type's unit to it

	bounds  interval          // of the figures, by the predicate
	dates   interval          // the predicate's, strict or not
	periods *calendar.Periods // nil: one stretch
}

// interval is [from, to), in ms since the Unix epoch.
type interval struct{ from, to int64 }

func (i interval) and(j interval) interval {
	return interval{max(i.from, j.from), min(i.to, j.to)}
}

// always holds every instant.
var always = interval{firstInstant, lastInstant + 1}

// planStatistics checks a query and returns the plan for it, without its scope.
// The error is of CodeInvalidArgument.
func (opened *session) planStatistics(q StatisticsQuery, periods *calendar.Periods) (*statisticsPlan, error) {
	known, ok := TypeByID(q.Type)
	if !ok {
		return nil, Errorf(CodeInvalidArgument, "the type is not known")
	}
	p := &statisticsPlan{known: known, periods: periods}
	p.id = q.Type
	var err error
	if p.want, err = parseOptions(q.Options, known); err != nil {
		return nil, err
	}
	if err = p.parseUnit(q.Unit); err != nil {
		return nil, err
	}
	if err = p.parsePredicate(q.Predicate, opened.number); err != nil {
		return nil, err
	}
	if periods != nil && p.bounds.from > firstInstant && p.bounds.to <= lastInstant && p.bounds.from < p.bounds.to {
		if _, ok := periods.Bounds(p.bounds.from, p.bounds.to, maxStretches); !ok {
			return nil, Errorf(CodeInvalidArgument, "the range has more than %d intervals", maxStretches)
		}
	}
	return p, nil
}

// parseOptions checks the options against the type.
func parseOptions(options []StatisticsOption, known Type) (figureSet, error) {
	var want figureSet
	if known.Kind != KindQuantity && known.Kind != KindCategory {
		return want, Errorf(CodeInvalidArgument, "statistics need a quantity or category type")
	}
	for _, option := range options {
		fits := known.Kind == KindQuantity
		switch option {
		case OptionDiscreteAverage:
			want.average, fits = true, known.Aggregation == AggregationDiscrete
		case OptionDiscreteMin:
			want.min, fits = true, known.Aggregation == AggregationDiscrete
		case OptionDiscreteMax:
			want.max, fits = true, known.Aggregation == AggregationDiscrete
		case OptionCumulativeSum:
			want.sum, fits = true, known.Aggregation == AggregationCumulative
		case OptionMostRecent:
			want.recent = true
		case OptionDuration:
			want.duration, fits = true, true
		case OptionSeparateBySource:
			want.bySource, fits = true, true
		default:
			return want, Errorf(CodeInvalidArgument, "an option is not known")
		}
		if !fits {
			return want, Errorf(CodeInvalidArgument, "the option %s does not fit the type", option)
		}
	}
	if want == (figureSet{bySource: want.bySource}) {
		return want, Errorf(CodeInvalidArgument, "the options name no figure")
	}
	return want, nil
}

func (p *statisticsPlan) parseUnit(asked string) error {
	p.unit, p.scale = p.known.Unit, unit.Scale{Factor: 1}
	if asked == "" {
		return nil
	}
	scale, ok := unit.Between(p.known.Unit, asked)
	if !ok || p.known.Kind != KindQuantity {
		return Errorf(CodeInvalidArgument, "the unit does not fit the type")
	}
	p.unit, p.scale = asked, scale
	return nil
}

func (p *statisticsPlan) parsePredicate(predicate *Predicate, number func(uuid string) (uint64, bool)) error {
	whole := &compiler{known: p.known, number: number}
	if _, err := whole.compile(predicate, 0); err != nil {
		return err
	}
	bounds, rest := predicate.split()
	selects := &compiler{known: p.known, number: number}
	matches, err := selects.compile(rest, 0)
	if err != nil {
		return err
	}
	p.matches = matches
	p.from, p.to = predicate.window()
	p.dates = interval{p.from, p.to}.and(always)
	p.bounds = bounds.and(always)
	return nil
}

// split divides a predicate, which may be nil, into the dates that bound the
// figures and the predicate that still selects samples, or nil.
func (p *Predicate) split() (interval, *Predicate) {
	switch {
	case p == nil:
		return always, nil
	case p.hasDates() && !p.StrictStart && !p.StrictEnd:
		from, to := p.dates()
		return interval{from, to}, nil
	case len(p.And) == 0:
		return always, p
	}
	bounds, rest := always, Predicate{}
	for at := range p.And {
		inner, selects := p.And[at].split()
		bounds = bounds.and(inner)
		if selects != nil {
			rest.And = append(rest.And, *selects)
		}
	}
	if rest.And == nil {
		return bounds, nil
	}
	return bounds, &rest
}

// periods checks the stretches of a collection.
func (s *Store) periods(i CalendarInterval, anchor *int64) (*calendar.Periods, error) {
	p := &calendar.Periods{Zone: s.location()}
	set := 0
	for at, count := range []int{i.Hour, i.Day, i.Week, i.Month, i.Year} {
		if count < 0 || count > maxInterval {
			return nil, Errorf(CodeInvalidArgument, "the interval is not from 1 to %d units", maxInterval)
		}
		if count > 0 {
			p.Unit, p.Count = calendar.Unit(at), count
			set++
		}
	}
	if set != 1 {
		return nil, Errorf(CodeInvalidArgument, "the interval must be of one of hour, day, week, month and year")
	}
	if anchor == nil {
		p.Anchor = calendar.Instant(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), p.Zone).UnixMilli()
		return p, nil
	}
	if p.Anchor = *anchor; !isDate(p.Anchor) {
		return nil, Errorf(CodeInvalidArgument, "the anchor date is out of range")
	}
	return p, nil
}

// statistics computes the figures of a query, one stretch after another.
func (c *Client) statistics(ctx context.Context, q StatisticsQuery, periods *calendar.Periods) (*statisticsPlan, []Statistics, error) {
	opened := c.store.session.Load() // nil while locked
	plan, err := opened.planStatistics(q, periods)
	if err != nil {
		return nil, nil, err
	}
	if plan.scope, err = c.scope(ctx, q.Type); err != nil {
		return nil, nil, err
	}
	if opened == nil {
		return nil, nil, errLocked
	}
	found, err := steady(ctx, c.store, func() ([]Statistics, error) {
		return plan.run(ctx, c.store, opened, opened.state.Load())
	})
	return plan, found, err
}
