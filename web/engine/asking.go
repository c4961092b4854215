package engine

import (
	"cmp"
	"context"
	"slices"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// requestAuthorization has the person asked when something is undecided. No
// error means that the request was processed, never that anything was granted.
func requestAuthorization(ctx context.Context, c *call, r store.AuthorizationRequest) (reply, error) {
	engine, origin := c.session.engine, c.session.who.origin
	leave, err := engine.desk.enter(ctx, origin)
	if err != nil {
		return reply{}, err
	}
	defer leave()
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	asked, err := s.Ask(ctx, origin, *c.session.description(), r)
	if err != nil || !asked.Needed {
		return reply{}, err
	}
	page := c.session.page
	if page == nil {
		return reply{}, store.Errorf(store.CodeHealthDataUnavailable, "no Keepwell window is open to ask in")
	}
	objects, err := pickable(ctx, s, asked.Request)
	if err != nil {
		return reply{}, err
	}
	if shown, err := s.Show(ctx, origin); err != nil || !shown {
		return reply{}, cmp.Or(err, errClosed())
	}
	return reply{}, engine.desk.show(ctx, page, protocol.Asking{
		Origin: origin, App: asked.App, AuthorizationRequest: asked.Request, Objects: objects,
	})
}

// maxPickable bounds the objects of one type on a sheet, which shows the newest.
const maxPickable = 500

// pickable returns what the person can pick from on the sheet for a request.
func pickable(ctx context.Context, s *store.Store, r store.AuthorizationRequest) (objects []store.Sample, err error) {
	for _, known := range store.Catalogue() {
		if !known.PerObject || !slices.Contains(r.Read, known.ID) {
			continue
		}
		some, err := s.Person().Query(ctx, store.Query{Type: known.ID, Limit: maxPickable})
		if err != nil {
			return nil, err
		}
		objects = append(objects, some...)
	}
	return objects, nil
}

// answer keeps what the person chose. The page hears whether it was kept, then
// the app hears that its request was processed.
func answer(ctx context.Context, c *call, p protocol.AnswerParams) (reply, error) {
	engine := c.session.engine
	a := engine.desk.take(p.Asking, c.session)
	if a == nil {
		return reply{}, store.Errorf(store.CodeUserCanceled, "nobody waits for this answer any more")
	}
	s, err := engine.store(ctx)
	if err == nil {
		err = s.Answer(ctx, a.origin, a.request, p.Answer)
	}
	if p.Answer.Canceled {
		engine.desk.canceled(a)
		return reply{}, nil // nothing was decided, and what could not be noted is asked again sooner
	}
	engine.regranted()
	a.outcome <- err
	if store.CodeOf(err) == store.CodeRequiredAuthorizationDenied {
		return reply{}, nil // the app's failure; what the person chose was kept
	}
	return reply{}, err
}
