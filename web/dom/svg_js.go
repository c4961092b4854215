//go:build js && wasm

package dom

import (
	"strconv"
	"syscall/js"
)

const svgNamespace = "http://www.w3.org/2000/svg"

// Icon draws strokes in the colour of the text around them. It is decoration:
// what it means is said in words beside it.
func Icon(drawing Drawing) *Element {
	picture := svg("svg", map[string]string{
		"viewBox": "0 0 24 24", "class": "icon", "aria-hidden": "true", "focusable": "false",
	})
	for _, path := range drawing {
		picture.Call("appendChild", svg("path", map[string]string{"d": path}))
	}
	return &Element{node: picture}
}

// Sketch draws strokes in a picture of its own size, in CSS pixels. The style
// sheet colours them by their classes; what they mean is said by the name.
func Sketch(sketch Strokes, name string, parts ...Part) *Element {
	size := func(length float64) string { return strconv.FormatFloat(length, 'f', 1, 64) }
	picture := svg("svg", map[string]string{
		"viewBox": "0 0 " + size(sketch.Width) + " " + size(sketch.Height), "width": size(sketch.Width), "height": size(sketch.Height),
		"role": "img", "aria-label": name, "focusable": "false",
	})
	for _, stroke := range sketch.Strokes {
		picture.Call("appendChild", svg("path", map[string]string{"d": stroke.path(), "class": stroke.Class}))
	}
	element := &Element{node: picture}
	element.Add(parts...)
	return element
}

func svg(tag string, attributes map[string]string) js.Value {
	node := document().Call("createElementNS", svgNamespace, tag)
	for name, value := range attributes {
		node.Call("setAttribute", name, value)
	}
	return node
}
