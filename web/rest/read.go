package rest

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// readOne returns one resource by its type and id. Where two sources use the same
// id, neither is more right than the other.
//
// No earlier version is kept. That of now can be had by its meta.versionId, all
// others are not there (FHIR R4 section 3.1.0.3, vread).
func (s *server) readOne(ctx context.Context, t target, ifNoneMatch string) (Response, error) {
	found, err := s.find(ctx, t.resourceType, store.FHIRMatch{ResourceType: t.resourceType, Identifier: t.id})
	switch {
	case err != nil:
		return Response{}, err
	case len(found) == 0:
		return Response{}, fail(404, "not-found", "there is no such resource")
	case len(found) > 1:
		return Response{}, fail(409, "multiple-matches", "several sources have a resource of this id; search by _id")
	}
	raw, err := s.records.Resource(ctx, found[0].UUID)
	if err != nil {
		return Response{}, err
	}
	version := versionID(raw)
	if t.kind == targetVersion && t.version != version {
		return Response{}, fail(404, "not-found", "there is no such version: no history is kept")
	}
	headers := mediaType(releaseOf(&found[0]))
	if changed, ok := fhir.IntervalOf(raw, "meta.lastUpdated"); ok {
		headers["last-modified"] = changed.Start.Time.UTC().Format(httpTime)
	}
	if version != "" {
		headers["etag"] = `W/"` + version + `"`
		if matches(ifNoneMatch, version) {
			return Response{Status: 304, Headers: headers}, nil
		}
	}
	s.records.Give(&found[0])
	return Response{Status: 200, Headers: headers, Body: raw}, nil
}

// httpTime is how headers write a time (RFC 9110 section 5.6.7).
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

// versionID returns meta.versionId, or "" where there is none that a header can hold.
func versionID(raw []byte) string {
	var resource struct {
		Meta struct {
			VersionID string `json:"versionId"`
		} `json:"meta"`
	}
	if json.Unmarshal(raw, &resource) != nil || !isID(resource.Meta.VersionID) {
		return ""
	}
	return resource.Meta.VersionID
}

// matches compares If-None-Match weakly (RFC 9110 section 13.1.2).
func matches(ifNoneMatch, version string) bool {
	for one := range strings.SplitSeq(ifNoneMatch, ",") {
		tag := strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if tag == "*" || tag == `"`+version+`"` {
			return true
		}
	}
	return false
}

// releaseOf returns the FHIR version of a record without its patch: "1.0", "4.0".
func releaseOf(s *store.Sample) string {
	parts := strings.SplitN(s.FHIR.Version, ".", 3)
	if len(parts) < 2 {
		return ownVersion
	}
	return parts[0] + "." + parts[1]
}
