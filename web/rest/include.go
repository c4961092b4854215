package rest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

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

// include adds what the matches refer to, as far as it is there to be seen: of
// the same source, for ids mean something within a source only.
func (s *server) include(ctx context.Context, q *search, b *bundle) error {
	if len(q.include) == 0 {
		return nil
	}
	for _, e := range slices.Clone(b.entries) {
		for _, reference := range q.references(e.raw) {
			if err := s.follow(ctx, b, e.sample.Source.ID, reference); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *server) follow(ctx context.Context, b *bundle, source, reference string) error {
	parts := strings.Split(reference, "/")
	if len(parts) < 2 {
		return nil // contained, a urn, or no reference
	}
	resourceType, id := parts[len(parts)-2], parts[len(parts)-1]
	if !isType(resourceType) || !isID(id) {
		return nil
	}
	found, err := s.find(ctx, resourceType, store.FHIRMatch{ResourceType: resourceType, Identifier: id, Source: source})
	if store.CodeOf(err) == store.CodeAuthorizationNotDetermined {
		return nil
	}
	if err != nil {
		return err
	}
	for _, one := range found {
		if b.has(one.UUID) {
			continue
		}
		raw, err := s.records.Resource(ctx, one.UUID)
		if err != nil {
			return err
		}
		if err := b.add(one, raw, "include"); err != nil {
			return err
		}
	}
	return nil
}

// references returns those of a resource that the search follows.
func (q *search) references(raw []byte) []string {
	var resource map[string]any
	if json.Unmarshal(raw, &resource) != nil {
		return nil
	}
	var found []string
	for _, name := range q.include {
		if name == "*" {
			found = gather(found, resource)
			continue
		}
		names, ok := elements[name]
		if !ok {
			names = []string{name}
		}
		for _, element := range names {
			found = gather(found, resource[element])
		}
	}
	return found
}

// gather appends every Reference.reference in a value.
func gather(found []string, value any) []string {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			found = gather(found, one)
		}
	case map[string]any:
		for name, one := range v {
			if text, ok := one.(string); ok && name == "reference" {
				found = append(found, text)
				continue
			}
			found = gather(found, one)
		}
	}
	return found
}
