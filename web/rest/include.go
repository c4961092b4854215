package rest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/keepwell-health/keepwell/store"
)

// elements are those that a search parameter looks at where they have another
// name (FHIR R4, the search parameters of each resource).
var elements = map[string][]string{
	"patient":              {"patient", "subject", "beneficiary"},
	"subject":              {"subject", "patient"},
	"medication":           {"medicationReference"},
	"encounter":            {"encounter", "context"},
	"general-practitioner": {"generalPractitioner"},
	"based-on":             {"basedOn"},
	"part-of":              {"partOf"},
	"has-member":           {"hasMember"},
	"derived-from":         {"derivedFrom"},
	"payor":                {"payor"},
}

// targets are the types that a parameter's urn:uuid may be of: it says none itself.
var targets = map[string][]string{
	"subject":              {"Patient"},
	"encounter":            {"Encounter"},
	"medication":           {"Medication"},
	"performer":            {"Practitioner", "Organization"},
	"requester":            {"Practitioner", "Organization"},
	"general-practitioner": {"Practitioner", "Organization"},
}

// include adds what the matches refer to, as far as it is there to be seen: of
// the same source, for ids mean something within a source only.
func (s *server) include(ctx context.Context, q *search, b *bundle) error {
	if len(q.include) == 0 {
		return nil
	}
	tried := map[string]bool{} // by source and reference
	for _, e := range slices.Clone(b.entries) {
		var resource map[string]any
		if json.Unmarshal(e.raw, &resource) != nil {
			continue
		}
		for _, one := range q.include {
			for _, text := range one.references(resource) {
				key := e.sample.Source.ID + " " + one.resourceType + " " + one.name + " " + text
				if tried[key] {
					continue
				}
				tried[key] = true
				if err := s.follow(ctx, b, e.sample.Source.ID, one, text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// follow adds the resource that a source's reference is to.
func (s *server) follow(ctx context.Context, b *bundle, source string, one inclusion, text string) error {
	to := parseReference(text)
	if !isID(to.id) {
		return nil // contained, or no reference
	}
	for _, resourceType := range one.typesOf(to) {
		found, err := s.find(ctx, resourceType, store.FHIRMatch{ResourceType: resourceType, Identifier: to.id, Source: source})
		if store.CodeOf(err) == store.CodeAuthorizationNotDetermined {
			continue
		}
		if err != nil {
			return err
		}
		for _, sample := range found {
			if b.has(sample.UUID) {
				continue
			}
			raw, err := s.records.Resource(ctx, sample.UUID)
			if err != nil {
				return err
			}
			if err := b.add(sample, raw, "include"); err != nil {
				return err
			}
		}
	}
	return nil
}

// typesOf returns the types to look for a reference in.
func (one inclusion) typesOf(to reference) []string {
	switch {
	case to.resourceType != "" && one.resourceType != "" && to.resourceType != one.resourceType:
		return nil
	case to.resourceType != "":
		return []string{to.resourceType}
	case one.resourceType != "":
		return []string{one.resourceType}
	case targets[one.name] != nil:
		return targets[one.name]
	}
	return resourceTypes()
}

// references returns those of a resource that are to be followed.
func (one inclusion) references(resource map[string]any) []string {
	if one.name == "*" {
		return gather(nil, resource)
	}
	names, ok := elements[one.name]
	if !ok {
		names = []string{one.name}
	}
	var found []string
	for _, element := range names {
		found = gather(found, resource[element])
	}
	return found
}

// gather appends every Reference.reference in a value, by the names of the elements.
func gather(found []string, value any) []string {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			found = gather(found, one)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if text, ok := v[name].(string); ok && name == "reference" {
				found = append(found, text)
				continue
			}
			found = gather(found, v[name])
		}
	}
	return found
}
