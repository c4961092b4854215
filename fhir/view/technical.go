package view

import "strings"

// technical says every value that has not been said as written, in the order of
// the bytes. Together with fields it makes that nothing is dropped.
func (t *teller) technical(n *node, within string) []Field {
	var fields []Field
	for _, member := range n.items {
		fields = append(fields, t.technicalField(member, within)...)
	}
	return fields
}

// technicalField says what is unsaid of one member.
func (t *teller) technicalField(n *node, within string) []Field {
	label := labelOf(within, n.name)
	switch {
	case n.kind == null || n.progress == said:
		return nil
	case n.kind == array:
		return t.technical(n, within)
	case n.kind != object:
		return []Field{{Label: label, Value: t.asWritten(n)}}
	case n.name == "extension" || n.name == "modifierExtension":
		return t.extension(n)
	}
	if typeOf(n) == "Narrative" {
		label = "Narrative"
		t.narrate(n, within)
	}
	if resourceType := n.string("resourceType"); resourceType != "" {
		label, within = humanise(resourceType), resourceType
	} else {
		within = baseName(n.name)
	}
	value := t.code(n)
	if typeOf(n) == "Identifier" {
		value = t.unsaid(n.get("value"))
		label = orElse(t.identifierType(n), label)
	}
	return fold(label, value, t.technical(n, within))
}

// fold is a field with what is nested in it; a lone nested one takes the place
// of a field without a value.
func fold(label, value string, nested []Field) []Field {
	if value != "" || len(nested) != 1 {
		return valueField(label, value, nested)
	}
	lone := nested[0]
	if !plainNames[lone.Label] {
		label += ", " + strings.ToLower(lone.Label[:1]) + lone.Label[1:]
	}
	return []Field{{Label: label, Value: lone.Value, Fields: lone.Fields}}
}

// plainNames are the labels that add nothing to the label around them.
var plainNames = map[string]bool{
	"Coding": true, "Code": true, "Reference": true, "Value": true, "Text": true, "Display": true, "Concept": true,
}

// unsaid is a primitive as written, "" when it has been said.
func (t *teller) unsaid(n *node) string {
	if n == nil || !n.isPrimitive() || n.progress == said {
		return ""
	}
	return t.asWritten(n)
}

// code says the unsaid code of a Coding or a Quantity with its system: "718-7
// (http://loinc.org)".
func (t *teller) code(n *node) string {
	if typeName := typeOf(n); typeName != "Coding" && typeName != "Quantity" {
		return ""
	}
	code := t.unsaid(n.get("code"))
	if code == "" {
		return ""
	}
	return aside(code, t.unsaid(n.get("system")))
}

// identifierType is what kind of identifier it is, where the record says so in
// words.
func (t *teller) identifierType(n *node) string {
	kind := n.get("type")
	if kind == nil || kind.kind != object {
		return ""
	}
	return t.words(kind)
}

// extension says an Extension (FHIR R4 section 2.5) by the last part of its
// URL, which stands below with what its value leaves out.
func (t *teller) extension(n *node) []Field {
	if n.name == "modifierExtension" {
		t.note(noteModifier)
	}
	url := n.string("url")
	name := humanise(url[strings.LastIndexAny(url, "/#:")+1:])
	value := t.words(n.choice("value"))
	return valueField(orElse(name, "Extension"), value, t.technical(n, "extension"))
}
