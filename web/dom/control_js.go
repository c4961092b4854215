//go:build js && wasm

package dom

// Toggle is a native checkbox or radio button, kept as a field by who needs its
// state.
type Toggle struct{ *Element }

// Switch makes a checkbox that is announced as a switch, off at first.
func Switch(parts ...Part) *Toggle {
	return &Toggle{New("input", Attribute("type", "checkbox"), Role("switch"), Parts(parts...))}
}

// Radio makes a radio button of a group.
func Radio(group string, parts ...Part) *Toggle {
	return &Toggle{New("input", Attribute("type", "radio"), Attribute("name", group), Parts(parts...))}
}

// On reports whether the control is on.
func (t *Toggle) On() bool { return t.node.Get("checked").Bool() }

// Set turns the control on or off without an event.
func (t *Toggle) Set(on bool) { t.node.Set("checked", on) }

// Field is a native text input.
type Field struct{ *Element }

// Search makes an input for search words. What is typed is not offered to the
// browser's memory.
func Search(parts ...Part) *Field {
	return &Field{New("input", Attribute("type", "search"), Attribute("autocomplete", "off"),
		Attribute("spellcheck", "false"), Parts(parts...))}
}

// NewField makes an input of an HTML type; what is typed is not offered to the
// browser's memory.
func NewField(kind string, parts ...Part) *Field {
	return &Field{New("input", Attribute("type", kind), Attribute("autocomplete", "off"), Parts(parts...))}
}

// Choice is a native select.
type Choice struct{ *Element }

// Option is one of a Choice.
type Option struct{ Value, Text string }

// NewChoice makes a select of one among options.
func NewChoice(options []Option, parts ...Part) *Choice {
	choice := &Choice{New("select", Attribute("autocomplete", "off"), Parts(parts...))}
	for _, option := range options {
		choice.Add(New("option", Attribute("value", option.Value), Text(option.Text)))
	}
	return choice
}

// Value is the value of the chosen option.
func (c *Choice) Value() string { return c.node.Get("value").String() }

// Set chooses an option by its value, without an event.
func (c *Choice) Set(value string) { c.node.Set("value", value) }

// Secret makes an input for a passphrase. purpose tells the browser's password
// manager which one (HTML section 4.10.18.7.1): "current-password" or
// "new-password".
func Secret(purpose string, parts ...Part) *Field {
	return &Field{New("input", Attribute("type", "password"), Attribute("autocomplete", purpose),
		Attribute("autocapitalize", "none"), Attribute("spellcheck", "false"), Parts(parts...))}
}

// Code makes an input for a code, which the browser neither corrects nor keeps.
func Code(parts ...Part) *Field {
	return &Field{New("input", Attribute("type", "text"), Attribute("autocomplete", "off"),
		Attribute("autocapitalize", "characters"), Attribute("spellcheck", "false"), Parts(parts...))}
}

// Reveal shows what is typed into a Secret, or hides it.
func (f *Field) Reveal(shown bool) {
	kind := "password"
	if shown {
		kind = "text"
	}
	f.SetAttribute("type", kind)
}

// Form makes a form that submit handles; the browser sends it nowhere.
func Form(submit func(), parts ...Part) *Element {
	return New("form", Attribute("method", "dialog"), Attribute("novalidate", ""),
		On(Submit, func(e Event) { e.Prevent(); submit() }), Parts(parts...))
}

// Value returns what is typed.
func (f *Field) Value() string { return f.node.Get("value").String() }

// SetValue puts text into the field without an event.
func (f *Field) SetValue(text string) { f.node.Set("value", text) }

// Bar is a native progress bar.
type Bar struct{ *Element }

// NewBar makes a bar with no known end yet.
func NewBar(parts ...Part) *Bar {
	return &Bar{New("progress", Attribute("max", "1"), Parts(parts...))}
}

// Set fills a fraction of the bar, from 0 to 1.
func (b *Bar) Set(fraction float64) { b.node.Set("value", fraction) }

// IsOpen reports whether a details element is open.
func (e *Element) IsOpen() bool { return e.node.Get("open").Truthy() }
