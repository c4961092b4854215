// Package rest answers FHIR's RESTful API (FHIR R4 section 3.1.0) on the device,
// over the records that one client of the store sees: read, search, batches of these
// and capabilities, in JSON. Nothing is asked of any server. What a client may not
// see is not there: a search finds nothing, a read is a 404.
//
// A parameter that is not known is refused, not ignored: a filter that silently
// does not filter would show the wrong records. "Prefer: handling=lenient" has it
// ignored (FHIR R4 section 3.1.1.2).
package rest

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// Base is the address of the API. The host never resolves (RFC 2606 section 2),
// so a client that fetches by itself reaches nobody.
const Base = "https://keepwell.invalid/fhir"

// Records is what is searched: a *store.Lookup.
type Records interface {
	Query(ctx context.Context, q store.Query) ([]store.Sample, error)
	Resource(ctx context.Context, uuid string) ([]byte, error)
	Give(s *store.Sample) // a record is in the answer
}

// Request is one HTTP request.
type Request struct {
	Method  string            // "" is GET
	URL     string            // below Base, or relative to it
	Headers map[string]string // by their names in small letters; those that are not known here count for nothing
	Body    string            // of a POST
}

// Response is what it is answered with.
type Response struct {
	Status  int               // of HTTP
	Headers map[string]string // by their names in small letters
	Body    []byte            // a resource in FHIR's JSON; nil with 304
}

// mediaType is that of what is answered, of a FHIR release by its
// version without the patch (FHIR R4 section 2.1.0.7.1).
func mediaType(version string) map[string]string {
	return map[string]string{"content-type": "application/fhir+json; fhirVersion=" + version + "; charset=utf-8"}
}

// ownVersion is the release of what is written here, and not by a source.
const ownVersion = "4.0"

// server is one request on its way.
type server struct {
	records Records
	now     func() time.Time
}

// Serve answers a request. Failures are OperationOutcomes with the status that
// FHIR R4 section 3.1.0 gives them.
func Serve(ctx context.Context, records Records, now func() time.Time, request Request) Response {
	return (&server{records, now}).answer(ctx, request)
}

func (s *server) answer(ctx context.Context, request Request) Response {
	response, err := s.serve(ctx, request)
	if err != nil {
		return Failed(err)
	}
	if response.Headers == nil {
		response.Headers = mediaType(ownVersion)
	}
	return response
}

func (s *server) serve(ctx context.Context, request Request) (Response, error) {
	t, err := parseTarget(request.URL)
	if err != nil {
		return Response{}, err
	}
	if err := checkMethod(request.Method, t); err != nil {
		return Response{}, err
	}
	if err := negotiate(request, t); err != nil {
		return Response{}, err
	}
	switch t.kind {
	case targetCapabilities:
		return Response{Status: 200, Body: capabilities()}, nil
	case targetRead, targetVersion:
		return s.readOne(ctx, t, request.Headers["if-none-match"])
	case targetBase:
		return s.batch(ctx, request.Body)
	case targetPost:
		form, err := parseForm(request)
		if err != nil {
			return Response{}, err
		}
		t.parameters = append(t.parameters, form...)
	}
	q, err := parseSearch(t, s.now(), isLenient(request))
	if err != nil {
		return Response{}, err
	}
	body, err := s.search(ctx, q)
	return Response{Status: 200, Body: body}, err
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
