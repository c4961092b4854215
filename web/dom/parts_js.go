//go:build js && wasm

package dom

import "strconv"

// Attribute sets an attribute by name; see Element.SetAttribute.
func Attribute(name, value string) Part {
	return partFunc(func(e *Element) { e.SetAttribute(name, value) })
}

// Class sets the classes, separated by spaces.
func Class(names string) Part { return Attribute("class", names) }

// ID sets the id, by which other elements refer to this one.
func ID(id string) Part { return Attribute("id", id) }

// Role sets the ARIA role.
func Role(role string) Part { return Attribute("role", role) }

// Name gives the element a name for assistive technology (aria-label).
func Name(name string) Part { return Attribute("aria-label", name) }

// NamedBy names the element by other elements' ids.
func NamedBy(ids string) Part { return Attribute("aria-labelledby", ids) }

// DescribedBy describes the element by other elements' ids.
func DescribedBy(ids string) Part { return Attribute("aria-describedby", ids) }

// For ties a label to its control's id.
func For(id string) Part { return Attribute("for", id) }

// Scope says what a header cell heads: "col" or "row".
func Scope(scope string) Part { return Attribute("scope", scope) }

// Decorative keeps the element from assistive technology.
func Decorative() Part { return Attribute("aria-hidden", "true") }

// Hidden makes the element hidden at first.
func Hidden() Part { return partFunc(func(e *Element) { e.SetHidden(true) }) }

// TabIndex sets where the element stands in the order of the Tab key: 0 in it,
// -1 focusable by program only.
func TabIndex(index int) Part { return Attribute("tabindex", strconv.Itoa(index)) }

// Fragment links within the page: "#/apps".
func Fragment(fragment string) Part {
	if fragment == "" || fragment[0] != '#' {
		panic("dom: a fragment begins with #")
	}
	return Attribute("href", fragment)
}

// External links to another site, in a tab that learns nothing of this one.
// An address that is not https (or http on this machine) makes no link.
func External(address string) Part {
	if !IsWebAddress(address) {
		return nil
	}
	return Parts(
		Attribute("href", address),
		Attribute("target", "_blank"),
		Attribute("rel", "noopener noreferrer"),
		Attribute("referrerpolicy", "no-referrer"),
	)
}
