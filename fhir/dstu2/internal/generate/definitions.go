package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// definitions are the parts of a release's definitions that models need.
type definitions struct {
	structures map[string]*structure // by id: "Patient", "HumanName"
	valueSets  map[string]*valueSet  // by canonical URL
}

// structure is a StructureDefinition (DSTU2 section 6.5).
type structure struct {
	ID       string `json:"id"`
	Snapshot struct {
		Element []*element `json:"element"`
	} `json:"snapshot"`
}

// element is an ElementDefinition (DSTU2 section 1.22).
type element struct {
	Path string `json:"path"`
	// Name is what another element's NameReference refers to.
	Name          string `json:"name"`
	NameReference string `json:"nameReference"`
	Min           int    `json:"min"`
	Max           string `json:"max"`
	Type          []struct {
		Code    string   `json:"code"`
		Profile []string `json:"profile"`
	} `json:"type"`
	Binding *struct {
		Strength          string `json:"strength"`
		ValueSetReference struct {
			Reference string `json:"reference"`
		} `json:"valueSetReference"`
	} `json:"binding"`
}

// name is the last part of the element's path: "reaction".
func (e *element) name() string { return e.Path[strings.LastIndexByte(e.Path, '.')+1:] }

// isArray tells whether the element may repeat.
func (e *element) isArray() bool { return e.Max == "*" }

// targets are the resources that a Reference may refer to.
func (e *element) targets() []string {
	var targets []string
	for _, t := range e.Type {
		for _, profile := range t.Profile {
			if t.Code == "Reference" {
				targets = append(targets, profile[strings.LastIndexByte(profile, '/')+1:])
			}
		}
	}
	return targets
}

// valueSet is a ValueSet (DSTU2 section 6.20), whose codes are inline in this
// release: there are no CodeSystem resources.
type valueSet struct {
	URL        string `json:"url"`
	Name       string `json:"name"`
	CodeSystem struct {
		Concept []*concept `json:"concept"`
	} `json:"codeSystem"`
	Compose struct {
		Include []struct {
			Concept []*concept `json:"concept"`
		} `json:"include"`
	} `json:"compose"`
}

// concept is one code of a value set.
type concept struct {
	Code       string     `json:"code"`
	Display    string     `json:"display"`
	Definition string     `json:"definition"`
	Concept    []*concept `json:"concept"` // the narrower codes
	Extension  []struct {
		URL         string `json:"url"`
		ValueString string `json:"valueString"`
	} `json:"extension"`
}

// display is what a person reads for the code; the units of time have it in an
// extension only.
func (c *concept) display() string {
	if c.Display != "" {
		return c.Display
	}
	for _, extension := range c.Extension {
		if strings.HasSuffix(extension.URL, "/valueset-definition") {
			return extension.ValueString
		}
	}
	return c.Code
}

// concepts lists the codes of the set, broader before narrower.
func (v *valueSet) concepts() []*concept {
	var all []*concept
	var add func([]*concept)
	add = func(list []*concept) {
		for _, c := range list {
			all = append(all, c)
			add(c.Concept)
		}
	}
	add(v.CodeSystem.Concept)
	for _, include := range v.Compose.Include {
		add(include.Concept)
	}
	return all
}

// load reads the three files of definitions in folder.
func load(folder string) (*definitions, error) {
	defs := &definitions{structures: map[string]*structure{}, valueSets: map[string]*valueSet{}}
	for _, name := range []string{"profiles-types.json", "profiles-resources.json"} {
		err := eachEntry(filepath.Join(folder, name), "StructureDefinition", func(raw []byte) error {
			s := new(structure)
			err := json.Unmarshal(raw, s)
			defs.structures[s.ID] = s
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return defs, eachEntry(filepath.Join(folder, "valuesets.json"), "ValueSet", func(raw []byte) error {
		v := new(valueSet)
		err := json.Unmarshal(raw, v)
		defs.valueSets[v.URL] = v
		return err
	})
}

// eachEntry calls use with every resource of the type in the bundle at path.
func eachEntry(path, resourceType string, use func(raw []byte) error) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var bundle struct {
		Entry []struct {
			Resource json.RawMessage `json:"resource"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, entry := range bundle.Entry {
		var head struct {
			ResourceType string `json:"resourceType"`
		}
		if err := json.Unmarshal(entry.Resource, &head); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if head.ResourceType != resourceType {
			continue
		}
		if err := use(entry.Resource); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}
