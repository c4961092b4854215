package view

import (
	"slices"
	"strings"
)

// maxListed is how long a value may be, in bytes, to stand in a row with others.
const maxListed = 60

// fields says the members of an object in their order, but for what stands
// under "Technical details" or has been said. Within is the resource type, or
// the element that the object is.
func (t *teller) fields(n *node, within string) []Field {
	var fields []Field
	for _, member := range inOrder(n) {
		if !isTechnical(n, member) {
			fields = append(fields, t.field(member, within)...)
		}
	}
	return fields
}

// leading are the elements of a resource that a person looks for first: what
// it is, what came out, how it stands, and when it was.
var leading = []string{
	"code", "vaccineCode", "medication", "substance", "name", "value", "component", "dataAbsentReason", "interpretation",
	"referenceRange", "clinicalStatus", "status", "verificationStatus", "dosageInstruction", "dosage", "reaction", "effective", "onset",
	"abatement", "occurrence", "performed", "authoredOn", "dateWritten", "date",
}

// inOrder lists the members of an object in the order of the bytes; those of a
// resource that lead come first.
func inOrder(n *node) []*node {
	if n.string("resourceType") == "" {
		return n.items
	}
	rank := func(member *node) int {
		if at := slices.Index(leading, baseName(member.name)); at >= 0 {
			return at
		}
		return len(leading)
	}
	members := slices.Clone(n.items)
	slices.SortStableFunc(members, func(a, b *node) int { return rank(a) - rank(b) })
	return members
}

// isTechnical tells whether only a program needs a member of an object.
func isTechnical(n, member *node) bool {
	switch name := member.name; name {
	case "id", "resourceType", "meta", "implicitRules", "identifier", "masterIdentifier", "extension", "modifierExtension", "linkId", "fhir_comments":
		return true
	case "language", "contained":
		return n.string("resourceType") != ""
	default:
		return strings.HasPrefix(name, "_") || slices.Contains(technicalMembers[typeOf(n)], name)
	}
}

// field says one member: nothing when it has been said, several fields when it
// is an array that does not fit a row.
func (t *teller) field(n *node, within string) []Field {
	switch {
	case n.kind == null:
		return nil
	case n.kind == array:
		return t.row(n, within)
	case n.kind == object:
		return t.objectField(n, within)
	case n.progress != untouched:
		return nil
	}
	return valueField(labelOf(within, n.name), t.primitive(n), nil)
}

// valueField is a field, or none when it says nothing.
func valueField(label, value string, nested []Field) []Field {
	if value == "" && len(nested) == 0 {
		return nil
	}
	return []Field{{Label: label, Value: value, Fields: nested}}
}

// row says an array: short values in one field, others in a field each.
func (t *teller) row(n *node, within string) []Field {
	var fields []Field
	short := true
	for _, item := range n.items {
		for _, field := range t.field(item, within) {
			fields = append(fields, field)
			short = short && len(field.Fields) == 0 && len(field.Value) <= maxListed && field.Label == fields[0].Label
		}
	}
	if !short || len(fields) < 2 {
		return fields
	}
	var values []string
	for _, field := range fields {
		values = append(values, field.Value)
	}
	return []Field{{Label: fields[0].Label, Value: list(values...)}}
}

// objectField says a data type, a backbone element or a resource, with what its
// words leave out below.
func (t *teller) objectField(n *node, within string) []Field {
	if resourceType := n.string("resourceType"); resourceType != "" {
		return []Field{t.resource(n, "")}
	}
	base := baseName(n.name)
	if typeOf(n) == "Narrative" {
		t.narrate(n, within)
	}
	label, value := labelOf(within, n.name), ""
	if name := labelsFrom[base]; name != "" {
		label = orElse(t.words(n.get(name)), label)
	}
	if !n.taken {
		value = t.sentence(n, within)
	}
	return valueField(label, value, t.fields(n, base))
}

// labelsFrom are the elements that a member of their own names: a part of a
// measurement by its code, a question by its text.
var labelsFrom = map[string]string{"component": "code", "item": "text", "question": "text", "group": "title"}

// sentence says an element as a whole, as far as it has words of its own.
func (t *teller) sentence(n *node, within string) string {
	base := baseName(n.name)
	for _, key := range []string{within + "." + base, base} {
		if say := elements[key]; say != nil {
			if words := say(t, n); words != "" {
				return words
			}
		}
	}
	return t.words(n)
}

// narrate keeps a Narrative's text. One that is not the record's own, such as
// that of a section, comes under the name of what it belongs to.
func (t *teller) narrate(n *node, within string) {
	div := n.get("div")
	if div.progress == said {
		return
	}
	div.progress = said
	blocks, whole := narrate(div.text)
	if !whole {
		t.note(noteNarrative)
	}
	if len(t.narrative) > 0 && len(blocks) > 0 {
		t.narrative = append(t.narrative, Block{Kind: Heading, Level: 2, Text: []Span{{Text: humanise(within)}}})
	}
	t.narrative = append(t.narrative, blocks...)
}

// resource says a resource within the record under its name.
func (t *teller) resource(n *node, where string) Field {
	resourceType := n.string("resourceType")
	label := orElse(humanise(resourceType), "Resource")
	return Field{Label: label + where, Value: nameOf(n), Fields: t.fields(n, resourceType)}
}

// nameOfContained is the name of a contained resource, else its kind.
func (t *teller) nameOfContained(id string) string {
	name, known := t.names[id]
	if n := t.contained[id]; n != nil && !known {
		name = orElse(nameOf(n), humanise(n.string("resourceType")))
		t.names[id] = name
	}
	return name
}

// nameOf is what a resource is called, without saying it.
func nameOf(n *node) string {
	aside := newTeller()
	for _, name := range []string{"name", "code", "vaccineCode", "medication", "type", "description", "title"} {
		member := n.choice(name).clone()
		if member != nil && member.kind == array && len(member.items) > 0 {
			member = member.items[0]
		}
		if words := aside.words(member); words != "" {
			return shorten(words, maxListed)
		}
	}
	return ""
}
