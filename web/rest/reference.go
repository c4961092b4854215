package rest

import "strings"

// reference is a Reference.reference, or what a parameter names: a resource by its
// type and id, below the address of a server where one is given (FHIR R4 sections
// 2.3.0.1 and 3.1.1.4.12).
type reference struct {
	base, resourceType, id string // any may be ""
}

const urnUUID = "urn:uuid:"

// parseReference reads "Patient/p", an address with or without a version, or a
// urn:uuid, which says no type. What is contained or anything else has no id.
func parseReference(text string) reference {
	if id, ok := strings.CutPrefix(text, urnUUID); ok {
		return reference{id: id}
	}
	text, _, _ = strings.Cut(text, "/_history/")
	head, id := cutLast(text)
	base, resourceType := cutLast(head)
	if !isType(resourceType) || !isID(id) {
		return reference{}
	}
	return reference{base, resourceType, id}
}

// cutLast cuts text at its last slash; without one there is nothing before it.
func cutLast(text string) (before, after string) {
	at := strings.LastIndexByte(text, '/')
	return text[:max(0, at)], text[at+1:]
}

// parseReferences reads the values of a reference parameter, each an id, Type/id or an
// address. resourceType is the one that the parameter is about, "" for any.
func parseReferences(values []string, resourceType string) ([]reference, error) {
	var all []reference
	for _, value := range values {
		value = unescape(value)
		named := parseReference(value)
		if isID(value) {
			named = reference{id: value}
		}
		switch {
		case named.id == "":
			return nil, badRequest("a reference is an id, Type/id or an address")
		case named.resourceType == "":
			named.resourceType = resourceType
		case resourceType != "" && resourceType != named.resourceType:
			continue // there can be none
		}
		if named.base == Base {
			named.base = ""
		}
		all = append(all, named)
	}
	return all, nil
}

// names tells whether a resource's reference is to what a parameter names. Ids are
// those of the source, so that an id or Type/id means it on any server; and what a
// source calls urn:uuid may be of any type.
func (named reference) names(to reference) bool {
	return to.id != "" && named.id == to.id &&
		(named.resourceType == "" || to.resourceType == "" || named.resourceType == to.resourceType) &&
		(named.base == "" || named.base == to.base)
}
