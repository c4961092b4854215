package dom

// Heights that engines can lay out. Chromium and WebKit count in 64ths of a
// device pixel in 32 bits, Firefox in 60ths of a CSS pixel in 31.
const (
	maxDevicePixels = 1 << 31 / 64
	maxCSSPixels    = 1 << 30 / 60
)

// MaxHeight is the greatest height in CSS pixels that a list may have on a
// screen with so many device pixels to a CSS pixel, zoom included, with room
// for what else stands on the page.
func MaxHeight(devicePixelRatio float64) float64 {
	return 0.9 * min(maxCSSPixels, maxDevicePixels/max(1, devicePixelRatio))
}

// Frame is the arithmetic of a long list: which of Count rows, each RowHeight
// CSS pixels high, stand in a view of ViewHeight pixels.
type Frame struct {
	Count      int
	RowHeight  float64 // CSS pixels
	ViewHeight float64 // CSS pixels
	MaxHeight  float64 // CSS pixels; beyond it the list scrolls in proportion
	Overscan   int     // rows kept ready above and below the view
}

// Height is the height of the whole list in CSS pixels: the true one, up to
// MaxHeight.
func (f Frame) Height() float64 { return min(f.natural(), f.MaxHeight) }

// Window returns the rows [first, last) that stand in view, overscan
// included, when offset pixels of the list have gone above the view.
func (f Frame) Window(offset float64) (first, last int) {
	if f.Count == 0 || f.RowHeight <= 0 {
		return 0, 0
	}
	top := f.stretch(offset)
	first = int(top/f.RowHeight) - f.Overscan
	last = int((top+f.ViewHeight)/f.RowHeight) + 1 + f.Overscan
	first = max(0, min(first, f.Count))
	return first, max(first, min(last, f.Count))
}

// Top is where row index stands in the list while offset pixels are scrolled
// away, in CSS pixels from the list's top.
func (f Frame) Top(index int, offset float64) float64 {
	offset = f.clamp(offset)
	return float64(index)*f.RowHeight - f.stretch(offset) + offset
}

// Reveal returns the offset nearest to offset at which row index is wholly in
// view.
func (f Frame) Reveal(index int, offset float64) float64 {
	top := f.stretch(offset)
	start := float64(index) * f.RowHeight
	switch {
	case start < top:
		return f.shrink(start)
	case start+f.RowHeight > top+f.ViewHeight:
		return f.shrink(start + f.RowHeight - f.ViewHeight)
	}
	return offset
}

func (f Frame) natural() float64 { return float64(f.Count) * f.RowHeight }

// clamp keeps an offset inside what can be scrolled: Safari reports offsets
// beyond both ends while a page bounces.
func (f Frame) clamp(offset float64) float64 {
	return max(0, min(offset, f.Height()-f.ViewHeight))
}

// stretch turns a scrolled offset into pixels of the natural list.
func (f Frame) stretch(offset float64) float64 {
	offset = f.clamp(offset)
	if f.natural() <= f.MaxHeight {
		return offset
	}
	return offset * (f.natural() - f.ViewHeight) / (f.Height() - f.ViewHeight)
}

// shrink undoes stretch.
func (f Frame) shrink(top float64) float64 {
	if f.natural() <= f.MaxHeight {
		return f.clamp(top)
	}
	return f.clamp(top * (f.Height() - f.ViewHeight) / (f.natural() - f.ViewHeight))
}
