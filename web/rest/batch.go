package rest

import (
	"context"
	"encoding/json"
	"strconv"
)

// maxBatch is how many requests one batch may hold.
const maxBatch = 100

// batch answers a Bundle of requests, each by itself and in their order (FHIR R4
// section 3.1.0.11).
func (s *server) batch(ctx context.Context, body string) (Response, error) {
	var asked struct {
		ResourceType string `json:"resourceType"`
		Type         string `json:"type"`
		Entry        []struct {
			Request struct {
				Method      string `json:"method"`
				URL         string `json:"url"`
				IfNoneMatch string `json:"ifNoneMatch"`
			} `json:"request"`
		} `json:"entry"`
	}
	switch err := json.Unmarshal([]byte(body), &asked); {
	case err != nil || asked.ResourceType != "Bundle":
		return Response{}, badRequest("the body is no Bundle")
	case asked.Type != "batch":
		return Response{}, fail(400, "not-supported", "only a Bundle of type batch is supported")
	case len(asked.Entry) > maxBatch:
		return Response{}, fail(413, "too-costly", "a batch may hold "+strconv.Itoa(maxBatch)+" requests")
	}
	dst := []byte(`{"resourceType":"Bundle","type":"batch-response"`)
	for at, e := range asked.Entry {
		request := Request{Method: e.Request.Method, URL: e.Request.URL, Headers: map[string]string{"if-none-match": e.Request.IfNoneMatch}}
		var response Response
		if request.Method == "POST" {
			response = Failed(notAllowed("GET, HEAD"))
		} else {
			response = s.answer(ctx, request)
		}
		if at == 0 {
			dst = append(dst, `,"entry":[`...)
		} else {
			dst = append(dst, ',')
		}
		if dst = appendEntry(dst, request.Method, response); len(dst) > maxBundle {
			return Response{}, errTooLarge
		}
	}
	if len(asked.Entry) > 0 {
		dst = append(dst, ']')
	}
	return Response{Status: 200, Body: append(dst, '}')}, nil
}

// appendEntry appends a Bundle.entry with one answer: what failed is its outcome.
func appendEntry(dst []byte, method string, response Response) []byte {
	dst = append(dst, '{')
	if response.Status == 200 && method != "HEAD" {
		dst = append(append(append(dst, `"resource":`...), response.Body...), ',')
	}
	dst = append(append(dst, `"response":{"status":"`...), strconv.Itoa(response.Status)...)
	dst = append(dst, '"')
	if tag := response.Headers["etag"]; tag != "" {
		dst = appendText(append(dst, `,"etag":`...), tag)
	}
	if response.Status >= 400 {
		dst = append(append(dst, `,"outcome":`...), response.Body...)
	}
	return append(dst, "}}"...)
}
