//go:build js && wasm

package dom

import (
	"strings"
	"syscall/js"
)

// Part is what an element is made of: a child element, text, an attribute or a
// listener.
type Part interface{ addTo(*Element) }

type partFunc func(*Element)

func (f partFunc) addTo(e *Element) { f(e) }

// Parts groups several parts into one; nil parts are passed over, so that a
// part may depend on a condition.
func Parts(parts ...Part) Part {
	return partFunc(func(e *Element) { e.Add(parts...) })
}

// Element is one element of the page with its children and listeners.
type Element struct {
	node     js.Value
	parent   *Element
	children []*Element
	releases []func()
}

// New makes an element of an HTML tag. The tag functions (Div, Button, ...)
// are the usual way.
func New(tag string, parts ...Part) *Element {
	e := &Element{node: document().Call("createElement", tag)}
	e.Add(parts...)
	return e
}

// Find takes hold of an element of the static page by its id, or returns nil.
func Find(id string) *Element {
	node := document().Call("getElementById", id)
	if node.IsNull() {
		return nil
	}
	return &Element{node: node}
}

// Add puts parts at the element's end.
func (e *Element) Add(parts ...Part) {
	for _, part := range parts {
		if part != nil {
			part.addTo(e)
		}
	}
}

// addTo makes an element a part of another. A nil *Element adds nothing.
func (e *Element) addTo(parent *Element) {
	if e == nil {
		return
	}
	e.detach()
	parent.node.Call("appendChild", e.node)
	e.parent = parent
	parent.children = append(parent.children, e)
}

// Replace removes what the element holds, gives back its callbacks and puts
// parts in its place.
func (e *Element) Replace(parts ...Part) {
	for _, child := range e.children {
		child.parent = nil
		child.release()
	}
	e.children = nil
	e.node.Call("replaceChildren")
	e.Add(parts...)
}

// SetText replaces what the element holds by text.
func (e *Element) SetText(text string) {
	if len(e.children) > 0 {
		e.Replace()
	}
	e.node.Set("textContent", text)
}

// Remove takes the element off the page and gives back every callback beneath
// it. The element must not be used again.
func (e *Element) Remove() {
	e.detach()
	e.node.Call("remove")
	e.release()
}

func (e *Element) detach() {
	if e.parent == nil {
		return
	}
	siblings := e.parent.children
	for i, sibling := range siblings {
		if sibling == e {
			e.parent.children = append(siblings[:i:i], siblings[i+1:]...)
			break
		}
	}
	e.parent = nil
}

func (e *Element) release() {
	for _, release := range e.releases {
		release()
	}
	e.releases = nil
	for _, child := range e.children {
		child.parent = nil
		child.release()
	}
	e.children = nil
}

// OnRelease has f called once when the element goes away.
func (e *Element) OnRelease(f func()) { e.releases = append(e.releases, f) }

// Text adds text. It is never parsed.
func Text(text string) Part {
	return partFunc(func(e *Element) {
		e.node.Call("appendChild", document().Call("createTextNode", text))
	})
}

// SetAttribute sets an attribute. It panics on attributes that carry code or
// style: those have typed ways or none.
func (e *Element) SetAttribute(name, value string) {
	if strings.HasPrefix(name, "on") || name == "style" || name == "srcdoc" {
		panic("dom: attribute " + name + " is not set by name")
	}
	e.node.Call("setAttribute", name, value)
}

// RemoveAttribute takes an attribute off.
func (e *Element) RemoveAttribute(name string) { e.node.Call("removeAttribute", name) }

// SetHidden hides the element from sight and from assistive technology.
func (e *Element) SetHidden(hidden bool) { e.node.Set("hidden", hidden) }

// SetInert takes the element out of reach of keyboard, pointer and assistive
// technology while it stays in sight (HTML section 6.3.2).
func (e *Element) SetInert(inert bool) { e.node.Set("inert", inert) }

// SetClass adds or takes off one class.
func (e *Element) SetClass(name string, on bool) { e.node.Get("classList").Call("toggle", name, on) }

// SetDisabled disables a control.
func (e *Element) SetDisabled(disabled bool) { e.node.Set("disabled", disabled) }

// SetStyle sets one CSS property through the CSSOM, which the pages' policy
// allows where a style attribute is refused (CSP 3 section 6.8).
func (e *Element) SetStyle(property, value string) {
	e.node.Get("style").Call("setProperty", property, value)
}

// Focus moves the keyboard focus here and scrolls here when scroll is true.
func (e *Element) Focus(scroll bool) {
	e.node.Call("focus", map[string]any{"preventScroll": !scroll})
}

// ScrollHere scrolls so that the element's beginning is in sight, at once.
func (e *Element) ScrollHere() {
	e.node.Call("scrollIntoView", map[string]any{"block": "start", "behavior": "instant"})
}

// Focused reports whether the element has the keyboard focus.
func (e *Element) Focused() bool { return document().Get("activeElement").Equal(e.node) }

// Press clicks the element as a person would by keyboard. Tests use it, and
// buttons that stand for a hidden control.
func (e *Element) Press() { e.node.Call("click") }

// TextContent returns the element's text.
func (e *Element) TextContent() string { return e.node.Get("textContent").String() }

// Attribute returns an attribute's value, or "" when it is not set.
func (e *Element) Attribute(name string) string {
	value := e.node.Call("getAttribute", name)
	if value.IsNull() {
		return ""
	}
	return value.String()
}

// Box is where an element stands in the window, in CSS pixels.
type Box struct{ Left, Top, Width, Height float64 }

// Box measures the element.
func (e *Element) Box() Box {
	rect := e.node.Call("getBoundingClientRect")
	return Box{
		Left: rect.Get("left").Float(), Top: rect.Get("top").Float(),
		Width: rect.Get("width").Float(), Height: rect.Get("height").Float(),
	}
}

// Style returns the computed value of a CSS property.
func (e *Element) Style(property string) string {
	return js.Global().Call("getComputedStyle", e.node).Call("getPropertyValue", property).String()
}

func document() js.Value { return js.Global().Get("document") }

// ChildTexts returns the text of each child element, in document order.
func (e *Element) ChildTexts() []string {
	children := e.node.Get("children")
	texts := make([]string, children.Length())
	for i := range texts {
		texts[i] = children.Index(i).Get("textContent").String()
	}
	return texts
}
