package dom

// Drawing is a picture of strokes on a 24 by 24 grid: SVG path data, one
// string a path (SVG 2 section 9.3).
type Drawing []string
