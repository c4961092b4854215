// Package static holds the files that the pages load as they are. internal/build
// names them by their contents; Go code needs only the style sheet, to measure
// with it what the pages look like.
package static

import _ "embed"

// Stylesheet is the looks of every page.
//
//go:embed keepwell.css
var Stylesheet string
