package dom

import "strconv"

// Drawing is a picture of strokes on a 24 by 24 grid: SVG path data, one
// string a path (SVG 2 section 9.3).
type Drawing []string

// Strokes are lines in a picture of a size in CSS pixels, the origin at its top
// left.
type Strokes struct {
	Width, Height float64
	Strokes       []Stroke
}

// Stroke is one or more lines of one look.
type Stroke struct {
	Class string
	Lines [][]Spot
}

// Spot is a place in a picture.
type Spot struct{ X, Y float64 }

// path is the stroke as SVG path data.
func (s Stroke) path() string {
	var text []byte
	for _, line := range s.Lines {
		for i, spot := range line {
			mark := byte('L')
			if i == 0 {
				mark = 'M'
			}
			text = strconv.AppendFloat(append(text, mark), spot.X, 'f', 1, 64)
			text = strconv.AppendFloat(append(text, ' '), spot.Y, 'f', 1, 64)
		}
	}
	return string(text)
}
