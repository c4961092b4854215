package applehealth

import (
	"bytes"

	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// element is an XML element of an export with all it holds.
type element struct {
	name     string
	attrs    []attribute
	children []*element
}

type attribute struct{ name, value string }

// maxElements bounds the elements of one object that are read to be shown.
const maxElements = 100_000

// readElement reads the bytes of one element; nil when they are none. What
// breaks off is shown as far as it goes.
func readElement(raw []byte) *element {
	scan := xmlscan.New(bytes.NewReader(raw))
	var root *element
	var open []*element
	for range maxElements {
		token, err := scan.Next()
		if err != nil {
			return root
		}
		switch token.Kind {
		case xmlscan.Start:
			next := &element{name: string(token.Name)}
			for i := range token.Attrs {
				next.attrs = append(next.attrs, attribute{string(token.Attrs[i].Name), string(token.Attrs[i].Value())})
			}
			if len(open) == 0 {
				if root != nil {
					return root
				}
				root = next
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, next)
			}
			open = append(open, next)
		case xmlscan.End:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	return root
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// named returns the children of a name.
func (e *element) named(name string) []*element {
	var found []*element
	for _, child := range e.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}

// within returns every element of a name below this one.
func (e *element) within(name string) []*element {
	found := e.named(name)
	for _, child := range e.children {
		found = append(found, child.within(name)...)
	}
	return found
}
