package view

// typeOf is the data type of an object: what the typed model says, else what
// the name of a choice says, else what the members tell. It is "" for a
// backbone element, and settled at the first call.
func typeOf(n *node) string {
	if !n.settled {
		n.settled, n.typeName = true, tellType(n)
	}
	return n.typeName
}

func tellType(n *node) string {
	_, chosen := splitChoice(n.name)
	for _, name := range []string{n.typeName, chosen} {
		if same, ok := sameTypes[name]; ok {
			return same
		}
		if dataTypes[name] != nil { // "reasonCode" is no choice, but a CodeableConcept in R4
			return name
		}
	}
	if n.typeName != "" {
		return n.typeName
	}
	return shapeOf(n)
}

// sameTypes are the types that read as another does (FHIR R4 section 2.24.0.9).
var sameTypes = map[string]string{
	"Age": "Quantity", "Count": "Quantity", "Distance": "Quantity", "Duration": "Quantity", "SimpleQuantity": "Quantity",
}

// shape is a way to know a data type by its members.
type shape struct {
	typeName string
	fits     func(*node) bool
}

// shapes are tried in order, the surest first.
var shapes = []shape{
	{"Narrative", func(n *node) bool { return n.has(text, "div") }},
	{"Extension", func(n *node) bool { return n.name == "extension" || n.name == "modifierExtension" }},
	{"CodeableConcept", func(n *node) bool { return n.has(array, "coding") || n.has(object, "coding") }},
	{"CodeableReference", func(n *node) bool { return n.has(object, "concept") || n.has(object, "reference") }},
	{"Ratio", func(n *node) bool { return n.has(object, "numerator") || n.has(object, "denominator") }},
	{"Range", func(n *node) bool { return (n.has(object, "low") || n.has(object, "high")) && n.only("low", "high") }},
	{"Period", func(n *node) bool { return (n.has(text, "start") || n.has(text, "end")) && n.only("start", "end") }},
	{"SampledData", func(n *node) bool { return n.has(object, "origin") && n.has(number, "dimensions") }},
	{"Money", func(n *node) bool { return n.has(number, "value") && n.has(text, "currency") }},
	{"Quantity", func(n *node) bool {
		return n.has(number, "value") && n.only("value", "unit", "system", "code", "comparator")
	}},
	{"Attachment", func(n *node) bool {
		return n.has(text, "contentType") || n.has(text, "data") || n.has(text, "url") && n.has(text, "title")
	}},
	{"Timing", func(n *node) bool { return n.has(object, "repeat") || n.name == "timing" }},
	{"HumanName", func(n *node) bool {
		return n.name == "name" || n.has(array, "given") || n.has(array, "family") || n.has(text, "family")
	}},
	{"Address", func(n *node) bool { return n.name == "address" || n.has(array, "line") || n.has(text, "postalCode") }},
	{"ContactPoint", func(n *node) bool { return n.name == "telecom" }},
	{"Identifier", func(n *node) bool {
		return n.has(text, "value") && n.only("use", "type", "system", "value", "period", "assigner")
	}},
	{"Annotation", func(n *node) bool {
		return n.has(text, "text") && (n.choice("author") != nil || n.has(text, "time") || n.name == "note")
	}},
	{"Coding", func(n *node) bool {
		return n.has(text, "code") && n.only("system", "version", "code", "display", "userSelected")
	}},
	{"Reference", func(n *node) bool {
		return (n.has(text, "reference") || n.has(text, "display")) && n.only("reference", "type", "identifier", "display")
	}},
	{"CodeableConcept", func(n *node) bool { return n.has(text, "text") && n.only("text") }},
}

// shapeOf tells a data type by its members.
func shapeOf(n *node) string {
	for _, s := range shapes {
		if s.fits(n) {
			return s.typeName
		}
	}
	return ""
}

// has tells whether the object has a member of that name and kind.
func (n *node) has(k kind, name string) bool {
	member := n.get(name)
	return member != nil && member.kind == k
}

// only tells whether the object has no members but these and what every
// element may have (FHIR R4 section 2.24.0.2).
func (n *node) only(names ...string) bool {
	for _, member := range n.items {
		known := member.name == "id" || member.name == "extension" || member.name != "" && member.name[0] == '_'
		for _, name := range names {
			known = known || member.name == name
		}
		if !known {
			return false
		}
	}
	return true
}
