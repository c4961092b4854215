package engine

import (
	"context"
	"errors"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/rest"
)

// fetch answers a request of FHIR's RESTful API. What fails in it is an
// OperationOutcome, and no error here.
func fetch(ctx context.Context, c *call, p protocol.FetchParams) (reply, error) {
	var lookup *store.Lookup // the last one, whose answer goes out
	response, err := granted(ctx, c, func(client *store.Client) (rest.Response, error) {
		var err error
		if lookup, err = client.Lookup(ctx); err != nil {
			return rest.Response{}, err
		}
		request := rest.Request{Method: p.Method, URL: p.URL, Headers: p.Headers, Body: p.Body}
		return rest.Serve(ctx, lookup, c.session.engine.options.Now, request), ctx.Err()
	})
	if err == nil {
		lookup.Note()
	}
	if store.CodeOf(err) == store.CodeDatabaseInaccessible && !errors.Is(err, store.ErrRemoved) {
		response, err = rest.Failed(err), nil // clients of FHIR know a 503
	}
	if err != nil {
		return reply{}, err
	}
	result := protocol.FetchResult{Status: response.Status, Headers: response.Headers}
	return reply{result: result, buffers: [][]byte{response.Body}}, nil
}
