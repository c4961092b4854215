package dom

// Chart says what a chart shows: one column for each of Values, from the left.
// NaN leaves a column empty.
type Chart struct {
	// Values are drawn as bars from zero or, when Line is set, as points joined
	// by a line.
	Values []float64
	Line   bool
	// Low and High, of a line, bound the band behind it; nil for none.
	Low, High []float64

	Marks []ChartMark          // along the bottom
	Write func(float64) string // a number beside the chart
	Hover func(column int)     // the column under the pointer, -1 for none; may be nil
}

// ChartMark is a label under a column.
type ChartMark struct {
	Column int
	Text   string
}
