//go:build js && wasm

package dom

import "syscall/js"

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

func svg(tag string, attributes map[string]string) js.Value {
	node := document().Call("createElementNS", svgNamespace, tag)
	for name, value := range attributes {
		node.Call("setAttribute", name, value)
	}
	return node
}
