package fhir

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// definition is what a FHIR definition says of an element.
type definition struct {
	several   bool // it may repeat
	primitive bool
}

// TestShapesAgainstDefinitions checks what the tables say of DSTU2 against its
// published definitions.
func TestShapesAgainstDefinitions(t *testing.T) {
	elements := dstu2Elements(t)
	for name, e := range recipes {
		if _, ok := elements[name]; ok != (e.recipe.exists&setDSTU2 != 0) {
			t.Errorf("%s is in DSTU2: %v", name, ok)
			continue
		}
		for _, s := range e.recipe.shapes {
			full := name
			for p := s.path; p != nil; p = p.rest {
				full += "." + p.name
			}
			d, ok := elements[full]
			if !ok && s.path.rest != nil {
				if _, inside := elements[name+"."+s.path.name]; inside && !strings.Contains(full, "entity.") {
					continue // below a data type, whose definitions lie elsewhere
				}
			}
			if got := s.releases&setDSTU2 != 0; got != (ok && fits(d, s.first)) {
				t.Errorf("%s:%q is said to be in DSTU2: %v; the definitions: %v %+v", full, s.first, got, ok, d)
			}
		}
	}
}

// fits tells whether a value of a definition begins with that byte.
func fits(d definition, first byte) bool {
	switch first {
	case 0:
		return true
	case '[':
		return d.several
	case '{':
		return !d.several && !d.primitive
	}
	return !d.several && d.primitive
}

// dstu2Elements reads the elements of all DSTU2 resources by their paths.
func dstu2Elements(t *testing.T) map[string]definition {
	content, err := os.ReadFile("../../shared/data/definitions/dstu2/profiles-resources.json")
	if err != nil {
		t.Skip("the DSTU2 definitions in ../shared/data are not there")
	}
	var bundle struct {
		Entry []struct {
			Resource struct {
				Snapshot struct {
					Element []struct {
						Path, Max string
						Type      []struct{ Code string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(content, &bundle); err != nil {
		t.Fatal(err)
	}
	elements := map[string]definition{}
	for _, entry := range bundle.Entry {
		for _, element := range entry.Resource.Snapshot.Element {
			base, choice := strings.CutSuffix(element.Path, "[x]")
			if len(element.Type) == 0 {
				elements[base] = definition{several: element.Max != "1"}
			}
			for _, typ := range element.Type {
				path := base
				if choice {
					path += strings.ToUpper(typ.Code[:1]) + typ.Code[1:]
				}
				primitive := strings.ToLower(typ.Code[:1]) == typ.Code[:1] && typ.Code != "xhtml"
				elements[path] = definition{several: element.Max != "1", primitive: primitive}
			}
		}
	}
	return elements
}
