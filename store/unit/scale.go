package unit

import "math"

// Scale turns values of one unit into another: value*Factor + Offset. It is for
// many values of the same units; Convert is for one.
type Scale struct{ Factor, Offset float64 }

// Between returns the scale from one unit to another. ok is false when either
// is unknown or they don't measure the same thing.
func Between(from, to string) (scale Scale, ok bool) {
	if from == to {
		return Scale{Factor: 1}, true
	}
	source, ok := parse(from)
	if !ok {
		return Scale{}, false
	}
	target, ok := parse(to)
	if !ok || source.dimension != target.dimension {
		return Scale{}, false
	}
	return Scale{source.factor / target.factor, (source.offset - target.offset) / target.factor}, true
}

// Apply converts one value, without rounding it.
func (s Scale) Apply(value float64) float64 { return value*s.Factor + s.Offset }

// Round returns value to 12 significant digits, which takes off what binary
// arithmetic adds behind them. Infinities become the greatest finite numbers,
// since JSON has none.
func Round(value float64) float64 {
	return round(max(-math.MaxFloat64, min(value, math.MaxFloat64)))
}
