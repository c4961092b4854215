package dom

import (
	"math"
	"testing"
)

const maxHeight = 8_000_000

// Real screens: a phone has three device pixels to a CSS pixel, and a person
// who zooms to 200 % doubles them.
func TestMaxHeightHoldsEveryRow(t *testing.T) {
	for ratio, least := range map[float64]float64{0.5: 16e6, 1: 16e6, 2: 15e6, 3: 10e6, 6: 5e6} {
		height := MaxHeight(ratio)
		if height < least || height > maxCSSPixels || height*ratio > maxDevicePixels {
			t.Errorf("at %v device pixels the bound is %v", ratio, height)
		}
	}
}

func TestFrameWindow(t *testing.T) {
	frame := Frame{Count: 100_000, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight, Overscan: 4}
	for _, test := range []struct {
		name        string
		frame       Frame
		offset      float64
		first, last int
	}{
		{"the top", frame, 0, 0, 15},
		{"bounced above the top", frame, -300, 0, 15},
		{"in the middle", frame, 72 * 50_000, 49_996, 50_015},
		{"half a row down", frame, 72*10 + 36, 6, 25},
		{"the end", frame, 72*100_000 - 720, 99_986, 100_000},
		{"bounced below the end", frame, 72 * 100_000, 99_986, 100_000},
		{"empty", Frame{RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight}, 0, 0, 0},
		{"not measured yet", Frame{Count: 5, ViewHeight: 720, MaxHeight: maxHeight}, 0, 0, 0},
		{"shorter than the view", Frame{Count: 3, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight, Overscan: 4}, 0, 0, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, last := test.frame.Window(test.offset)
			if first != test.first || last != test.last {
				t.Errorf("Window(%v) = [%d, %d), want [%d, %d)", test.offset, first, last, test.first, test.last)
			}
		})
	}
}

func TestFrameKeepsTheScrollHeightOfEveryRow(t *testing.T) {
	frame := Frame{Count: 100_000, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight}
	if got := frame.Height(); got != 7_200_000 {
		t.Errorf("Height of 100,000 rows of 72 px = %v, want 7,200,000", got)
	}
}

// Ten million rows are more than an engine lays out: the scroll is compressed,
// and both ends can still be reached.
func TestFrameBeyondTheBound(t *testing.T) {
	frame := Frame{Count: 10_000_000, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight}
	if frame.Height() != maxHeight {
		t.Fatalf("Height = %v, want the bound %v", frame.Height(), float64(maxHeight))
	}
	end := frame.Height() - frame.ViewHeight
	if _, last := frame.Window(end); last != frame.Count {
		t.Errorf("at the end the last row is %d, want %d", last, frame.Count)
	}
	bottom := frame.Top(frame.Count-1, end) + frame.RowHeight
	if math.Abs(bottom-frame.Height()) > 0.01 {
		t.Errorf("the last row ends at %v, want %v", bottom, frame.Height())
	}
	for _, offset := range []float64{0, 1000, end / 3, end} {
		first, last := frame.Window(offset)
		top, below := frame.Top(first, offset), frame.Top(last-1, offset)+frame.RowHeight
		if top > offset+0.01 || below < offset+frame.ViewHeight-0.01 {
			t.Errorf("at %v rows cover [%v, %v), which leaves the view bare", offset, top, below)
		}
	}
}

func TestFrameReveal(t *testing.T) {
	for _, count := range []int{100, 10_000_000} {
		frame := Frame{Count: count, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight}
		for _, index := range []int{0, 1, 10, count / 2, count - 1} {
			for _, from := range []float64{0, 360, frame.Height() / 2, frame.Height() - frame.ViewHeight} {
				offset := frame.Reveal(index, from)
				top := frame.Top(index, offset)
				if top < offset-1 || top+frame.RowHeight > offset+frame.ViewHeight+1 {
					t.Errorf("count %d: row %d from %v stands at %v, outside the view at %v", count, index, from, top, offset)
				}
			}
		}
	}
	frame := Frame{Count: 100, RowHeight: 72, ViewHeight: 720, MaxHeight: maxHeight}
	if got := frame.Reveal(5, 100); got != 100 {
		t.Errorf("a row in view moved the list to %v", got)
	}
}
