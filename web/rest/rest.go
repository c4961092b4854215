// Package rest answers FHIR's RESTful API (FHIR R4 section 3.1.0) on the device,
// over the records that one client of the store sees: read, search and
// capabilities, in JSON. Nothing is asked of any server. What a client may not
// see is not there: a search finds nothing, a read is a 404.
//
// A parameter that is not known is refused, not ignored: a filter that silently
// does not filter would show the wrong records.
package rest

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// Base is the address of the API. The host never resolves (RFC 2606 section 2),
// so a client that fetches by itself reaches nobody.
const Base = "https://keepwell.invalid/fhir"

// Records is what is searched: a *store.Client.
type Records interface {
	Query(ctx context.Context, q store.Query) ([]store.Sample, error)
	Resource(ctx context.Context, uuid string) ([]byte, error)
}

// Request is one HTTP request.
type Request struct {
	Method string // "" is GET
	URL    string // below Base, or relative to it
}

// Response is what it is answered with: a resource in FHIR's JSON.
type Response struct {
	Status int // of HTTP
	Body   []byte
}

// server is one request on its way.
type server struct {
	records Records
	now     func() time.Time
}

// Serve answers a request. Failures are OperationOutcomes with the status that
// FHIR R4 section 3.1.0 gives them.
func Serve(ctx context.Context, records Records, now func() time.Time, request Request) Response {
	s := &server{records: records, now: now}
	body, err := s.serve(ctx, request)
	if err != nil {
		return outcome(err)
	}
	return Response{Status: 200, Body: body}
}

func (s *server) serve(ctx context.Context, request Request) ([]byte, error) {
	if request.Method != "" && request.Method != "GET" && request.Method != "HEAD" {
		return nil, &failure{405, "not-supported", "only reading is supported: GET and HEAD"}
	}
	t, err := parseTarget(request.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case t.resourceType == "metadata":
		return capabilities(), nil
	case t.id != "":
		return s.read(ctx, t)
	}
	q, err := parseSearch(t, s.now())
	if err != nil {
		return nil, err
	}
	return s.search(ctx, q)
}

// read returns one resource by its type and id. Where two sources use the same
// id, neither is more right than the other.
func (s *server) read(ctx context.Context, t target) ([]byte, error) {
	found, err := s.find(ctx, t.resourceType, store.FHIRMatch{ResourceType: t.resourceType, Identifier: t.id})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, &failure{404, "not-found", "there is no such resource"}
	case len(found) > 1:
		return nil, &failure{409, "multiple-matches", "several sources have a resource of this id; search by _id"}
	}
	return s.records.Resource(ctx, found[0].UUID)
}

// find returns the samples of resources that match, of every type that may hold
// them. Types that the client never asked for are left out; when that is all of
// them the error says so.
func (s *server) find(ctx context.Context, resourceType string, match store.FHIRMatch) ([]store.Sample, error) {
	var found []store.Sample
	var refused error
	asked := false
	for _, id := range typesOf(resourceType) {
		samples, err := s.records.Query(ctx, store.Query{Type: id, Predicate: &store.Predicate{FHIR: &match}})
		switch {
		case store.CodeOf(err) == store.CodeAuthorizationNotDetermined:
			refused = err
			continue
		case err != nil:
			return nil, err
		}
		asked = true
		found = append(found, samples...)
	}
	if !asked {
		return nil, refused
	}
	return found, nil
}

// typesOf returns the types whose samples may be of a resource type.
func typesOf(resourceType string) []store.TypeID {
	var ids []store.TypeID
	for _, t := range store.Catalogue() {
		if t.Kind == store.KindOther {
			ids = append(ids, t.ID)
			continue
		}
		for _, one := range t.Resources {
			if one == resourceType {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}
