//go:build js && wasm

package dom

import (
	"math"
	"syscall/js"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Sizes of a chart in CSS pixels.
const (
	chartMarks = 28  // height of the labels under it
	chartBar   = 44  // the widest bar
	chartDigit = 7.5 // of a number beside it, in the axes' font
)

// Plot is the place of a chart on the page, drawn by uPlot on a canvas. A
// canvas is a picture: what it shows is said in words beside it. Its colours are
// the custom properties --chart-ink, --chart-band, --chart-text and --chart-grid
// of the element, its height is that of the style sheet.
type Plot struct {
	*Element
	chart *Chart   // nil before the first
	drawn js.Value // the uPlot on the page
	funcs []js.Func
}

// NewPlot makes a place for a chart. It follows the window's size and the
// person's colours.
func NewPlot(parts ...Part) *Plot {
	p := &Plot{Element: Div(Parts(parts...))}
	p.OnRelease(p.clear)
	p.OnRelease(OnWindow(Resize, func(Event) { p.fit() }))
	for _, feature := range []string{"(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"} {
		query := js.Global().Call("matchMedia", feature)
		p.OnRelease(jsx.Listen(query, "change", func(js.Value) { p.redraw() }))
	}
	return p
}

// Show draws a chart in place of the one before. The Plot must be on the page.
func (p *Plot) Show(chart Chart) {
	p.chart = &chart
	p.redraw()
}

func (p *Plot) redraw() {
	uplot := js.Global().Get("uPlot")
	if p.chart == nil || uplot.IsUndefined() { // its script did not arrive, or did not run
		return
	}
	p.clear()
	p.drawn = uplot.New(p.options(), p.data(), p.node)
}

// clear ends the chart on the page: first its listeners, then what they call.
func (p *Plot) clear() {
	if p.drawn.Truthy() {
		p.drawn.Call("destroy")
		p.drawn = js.Undefined()
	}
	for _, f := range p.funcs {
		f.Release()
	}
	p.funcs = nil
}

func (p *Plot) fit() {
	if p.drawn.Truthy() {
		box := p.Box()
		p.drawn.Call("setSize", map[string]any{"width": box.Width, "height": box.Height})
	}
}

func (p *Plot) data() js.Value {
	columns := make([]float64, len(p.chart.Values))
	for i := range columns {
		columns[i] = float64(i)
	}
	series := []any{numbers(columns), numbers(p.chart.Values)}
	if p.chart.High != nil {
		series = append(series, numbers(p.chart.High), numbers(p.chart.Low))
	}
	return js.ValueOf(series)
}

// numbers makes an array in which NaN is null, which uPlot leaves empty.
func numbers(values []float64) []any {
	array := make([]any, len(values))
	for i, value := range values {
		if !math.IsNaN(value) {
			array[i] = value
		}
	}
	return array
}

func (p *Plot) options() map[string]any {
	box := p.Box()
	options := map[string]any{
		"width": box.Width, "height": box.Height,
		"legend":  map[string]any{"show": false},
		"padding": []any{8, 0, 0, 14}, // the first label under it is centered on a column that may be narrow
		"cursor": map[string]any{
			"y": false, "points": map[string]any{"show": false},
			"drag": map[string]any{"x": false, "y": false, "setScale": false},
		},
		"scales": map[string]any{
			"x": map[string]any{"time": false, "range": []any{-0.5, float64(len(p.chart.Values)) - 0.5}},
			"y": p.bounds(),
		},
		"axes":   []any{p.marks(), p.scale()},
		"series": p.series(),
		"hooks":  map[string]any{"setCursor": []any{p.callback(p.hover)}},
	}
	if p.chart.High != nil {
		options["bands"] = []any{map[string]any{"series": []any{2, 3}, "fill": p.colour("--chart-band")}}
	}
	return options
}

// bounds says the numbers that the chart's height stands for: bars stand on
// zero, a line has room around it.
func (p *Plot) bounds() map[string]any {
	low, high := math.Inf(1), math.Inf(-1)
	for _, values := range [][]float64{p.chart.Values, p.chart.Low, p.chart.High} {
		for _, value := range values {
			if !math.IsNaN(value) {
				low, high = min(low, value), max(high, value)
			}
		}
	}
	switch {
	case low > high:
		low, high = 0, 1
	case !p.chart.Line:
		low, high = min(low, 0), max(high*1.06, 0)
	default:
		room := (high - low) * 0.12
		if room == 0 {
			room = max(math.Abs(high)*0.1, 0.5)
		}
		low, high = low-room, high+room
	}
	if low == high {
		high = low + 1
	}
	return map[string]any{"range": []any{low, high}}
}

// marks are the labels under the chart.
func (p *Plot) marks() map[string]any {
	splits, texts := make([]any, len(p.chart.Marks)), make([]any, len(p.chart.Marks))
	for i, mark := range p.chart.Marks {
		splits[i], texts[i] = mark.Column, mark.Text
	}
	axis := p.axis()
	axis["size"] = chartMarks
	axis["grid"] = map[string]any{"show": false}
	axis["splits"] = p.answer(splits)
	axis["values"] = p.answer(texts)
	return axis
}

// scale is the numbers beside the chart.
func (p *Plot) scale() map[string]any {
	axis := p.axis()
	axis["size"] = p.callback(func(arguments []js.Value) any { return widthOf(arguments[1]) })
	axis["side"] = 1
	axis["space"] = 40
	axis["grid"] = map[string]any{"stroke": p.colour("--chart-grid"), "width": 1}
	axis["values"] = p.callback(func(arguments []js.Value) any {
		texts := make([]any, arguments[1].Length())
		for i := range texts {
			texts[i] = p.chart.Write(arguments[1].Index(i).Float())
		}
		return texts
	})
	return axis
}

// widthOf is the room that the numbers beside a chart need. uPlot has none yet
// when it asks for the first time.
func widthOf(texts js.Value) float64 {
	longest := 4
	if texts.Truthy() {
		for i := range texts.Length() {
			longest = max(longest, utf8.RuneCountInString(texts.Index(i).String()))
		}
	}
	return 16 + chartDigit*float64(longest)
}

func (p *Plot) axis() map[string]any {
	return map[string]any{
		"stroke": p.colour("--chart-text"), "font": "12px " + p.Style("font-family"),
		"ticks": map[string]any{"show": false}, "gap": 6,
	}
}

func (p *Plot) series() []any {
	ink := p.colour("--chart-ink")
	main := map[string]any{"stroke": ink, "width": 2, "points": map[string]any{"show": p.chart.Line, "size": 6, "fill": ink}, "spanGaps": true}
	if !p.chart.Line {
		main["fill"], main["width"] = ink, 0
		main["paths"] = js.Global().Get("uPlot").Get("paths").Call("bars", map[string]any{"size": []any{0.72, chartBar}, "radius": 0.12})
	}
	all := []any{map[string]any{}, main}
	if p.chart.High != nil {
		edge := map[string]any{"stroke": p.colour("--chart-edge"), "width": 1, "points": map[string]any{"show": false}, "spanGaps": true}
		all = append(all, edge, edge)
	}
	return all
}

func (p *Plot) hover(arguments []js.Value) any {
	column := -1
	if index := arguments[0].Get("cursor").Get("idx"); index.Type() == js.TypeNumber {
		column = index.Int()
	}
	if p.chart.Hover != nil {
		p.chart.Hover(column)
	}
	return nil
}

func (p *Plot) colour(property string) string { return p.Style(property) }

// answer is a function that always returns the same.
func (p *Plot) answer(values []any) js.Func {
	return p.callback(func([]js.Value) any { return values })
}

// callback makes a function that lives as long as the chart on the page.
func (p *Plot) callback(f func(arguments []js.Value) any) js.Func {
	callback := js.FuncOf(func(_ js.Value, arguments []js.Value) any { return f(arguments) })
	p.funcs = append(p.funcs, callback)
	return callback
}
