package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// codeType is the Go type of a code: an enumeration when the release binds the
// element to a value set that it lists in full, else a string.
func (m *models) codeType(e *element) string {
	if e.Binding == nil || e.Binding.Strength != "required" {
		return "string"
	}
	set := m.valueSets[e.Binding.ValueSetReference.Reference]
	if set == nil || len(set.concepts()) == 0 {
		return "string"
	}
	name := exported(strings.ReplaceAll(set.Name, " ", ""))
	m.bound[name] = set
	return name
}

// codesText writes the enumerations that were asked for.
func (m *models) codesText() string {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(m.bound)) {
		enumeration(&b, name, m.bound[name])
	}
	return b.String()
}

// enumeration writes the codes of a set and what a person reads for each. The
// type is a string, so that a code that is not in the set is kept.
func enumeration(b *bytes.Buffer, name string, set *valueSet) {
	page := set.URL[strings.LastIndexByte(set.URL, '/')+1:]
	fmt.Fprintf(b, "// %s is documented at %svalueset-%s.html\ntype %s string\n\n", name, site, page, name)
	fmt.Fprintf(b, "// The codes of %s.\nconst (\n", name)
	for _, c := range set.concepts() {
		fmt.Fprintf(b, "%s %s = %q", name+codeName(c.Code), name, c.Code)
		if definition := firstSentence(c.Definition); definition != "" {
			b.WriteString(" // " + definition)
		}
		b.WriteByte('\n')
	}
	b.WriteString(")\n\n")
	fmt.Fprintf(b, "// Display is what a person reads for the code; for a code that the set lacks, the code.\n")
	fmt.Fprintf(b, "func (code %s) Display() string {\nswitch code {\n", name)
	for _, c := range set.concepts() {
		fmt.Fprintf(b, "case %s: return %q\n", name+codeName(c.Code), c.display())
	}
	b.WriteString("}\nreturn string(code)\n}\n\n")
}

// newText writes the function that makes a model by its resource's name.
func newText(resources []string) string {
	var b bytes.Buffer
	b.WriteString("// New makes an empty model of the resource type, a pointer; nil when the\n")
	b.WriteString("// package has no model of it.\n")
	b.WriteString("func New(resourceType string) any {\nswitch resourceType {\n")
	for _, name := range resources {
		fmt.Fprintf(&b, "case %q: return new(%s)\n", name, name)
	}
	b.WriteString("}\nreturn nil\n}\n")
	return b.String()
}
