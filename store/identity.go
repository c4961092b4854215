package store

import (
	"hash/maphash"
	"math/bits"
)

// identity is what makes two records copies of one: source, resource type and
// the resource's id. A document that is no FHIR resource has its type and
// syncIdentifier instead of the last two.
type identity struct {
	source       string
	resourceType string // "" for a document
	documentType string // "" for a resource
	identifier   string
}

func identityOf(sample *Sample) identity {
	if sample.FHIR == nil {
		return identity{source: sample.Source.ID, documentType: string(sample.Type), identifier: sample.SyncIdentifier}
	}
	return identity{source: sample.Source.ID, resourceType: sample.FHIR.ResourceType, identifier: sample.FHIR.Identifier}
}

func identityOfObject(o object) identity {
	who := identity{source: o.text(columnSourceID), resourceType: o.text(columnResourceType)}
	if who.resourceType == "" {
		who.documentType, who.identifier = o.text(columnType), o.text(columnSyncIdentifier)
	} else {
		who.identifier = o.text(columnIdentifier)
	}
	return who
}

// identities finds a record by its identity. It keeps hashes only, so that a
// hundred thousand take little memory; who asks says whether a record found is
// the one, and a record whose hash is taken stands at the next free one.
type identities map[uint64]ref

var identitySeed = maphash.MakeSeed()

func (who identity) hash() uint64 {
	hash := maphash.String(identitySeed, who.identifier)
	for _, part := range [...]string{who.source, who.resourceType, who.documentType} {
		// So that the order of the parts counts.
		hash = bits.RotateLeft64(hash, 1) + maphash.String(identitySeed, part)
	}
	return hash
}

// find returns the record that has an identity, of which hash is who.hash().
func (known identities) find(who identity, hash uint64, is func(ref, identity) bool) (ref, bool) {
	for ; ; hash++ {
		found, ok := known[hash]
		if !ok || is(found, who) {
			return found, ok
		}
	}
}

// put enters a record, of which hash is who.hash(), and returns the one that had its identity before.
func (known identities) put(who identity, hash uint64, now ref, is func(ref, identity) bool) (before ref, replaced bool) {
	for ; ; hash++ {
		found, ok := known[hash]
		if !ok || is(found, who) {
			known[hash] = now
			return found, ok
		}
	}
}

// identitiesOf enters the live records of a state.
func identitiesOf(s *state) identities {
	count := 0
	for _, t := range s.types {
		count += len(t.records)
	}
	known := make(identities, count)
	for _, t := range s.types {
		for _, r := range t.records {
			who := identityOfObject(s.at(r))
			known.put(who, who.hash(), r, s.matches)
		}
	}
	return known
}

func (s *state) matches(r ref, who identity) bool { return identityOfObject(s.at(r)) == who }
