package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// record returns all that the page shows of one object.
func record(ctx context.Context, c *call, p protocol.ResourceParams) (reply, error) {
	client, err := c.client(ctx)
	if err != nil {
		return reply{}, err
	}
	one, err := client.Sample(ctx, p.UUID)
	if err != nil {
		return reply{}, err
	}
	result := protocol.RecordResult{Sample: one}
	if row, _ := store.TypeByID(one.Type); row.Kind == store.KindQuantity || row.Kind == store.KindCategory {
		result.View = ofMetadata(one.Metadata)
		return reply{result: result}, nil
	}
	raw, err := client.Resource(ctx, p.UUID)
	if store.CodeOf(err) == store.CodeNoData {
		result.View = ofMetadata(one.Metadata) // it was saved, and came without bytes
		return reply{result: result}, nil
	}
	if err != nil {
		return reply{}, err
	}
	if one.FHIR != nil {
		result.View, result.Attachments = inWords(raw, one.FHIR.Release)
	} else {
		object(one.Type, raw, &result)
	}
	return reply{result: result, buffers: [][]byte{raw}}, nil
}

// ofMetadata says what else a number or a code carries, which has no bytes of its
// own.
func ofMetadata(metadata map[string]string) view.View {
	var said view.View
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		said.Fields = append(said.Fields, view.Field{Label: key, Value: metadata[key]})
	}
	return said
}

// inWords never fails: of a resource that has no summary the view says what the
// bytes say.
func inWords(raw []byte, release fhir.Release) (view.View, []protocol.Attachment) {
	summary, err := fhir.Summarize(raw, release)
	if err != nil {
		return view.Of(raw, fhir.Summary{}), nil
	}
	var attachments []protocol.Attachment
	for _, a := range summary.Attachments {
		attachments = append(attachments, protocol.Attachment(a))
	}
	return view.Of(raw, summary), attachments
}

func counts(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	n, err := s.Counts(ctx)
	return reply{result: protocol.CountsResult{Counts: n}}, err
}

func catalogue(context.Context, *call, protocol.Empty) (reply, error) {
	var result protocol.CatalogueResult
	for _, t := range store.Catalogue() {
		result.Types = append(result.Types, protocol.TypeInfo{
			ID: t.ID, Title: t.Title, Kind: t.Kind, Group: t.Group, Unit: t.Unit, Display: t.Display,
			Aggregation: t.Aggregation, Values: t.Values, PerObject: t.PerObject, ReadOnly: t.ReadOnly,
		})
	}
	return reply{result: result}, nil
}

// status tells of a locked store too, which does not open.
func status(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	var result protocol.StatusResult
	s, err := c.store(ctx)
	if err == nil {
		err = c.session.engine.awake(ctx, true)
	}
	switch {
	case err == nil:
		result.Status = s.Status()
	case isLocked(err):
		result.Locked = true
		if result.Waiting, err = c.session.engine.waiting(ctx); err != nil {
			return reply{}, err
		}
	default:
		return reply{}, err
	}
	if protection := c.session.engine.options.Protection; protection != nil {
		result.Protection = protection()
	}
	return reply{result: result}, nil
}

// waiting counts what apps saved while the store is locked.
func (e *Engine) waiting(ctx context.Context) (int, error) {
	if e.options.Vault == nil {
		return 0, nil
	}
	journal, err := e.options.Vault.Journal(ctx)
	if err != nil {
		return 0, err
	}
	return journal.Waiting(ctx)
}

func erase(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	return reply{}, c.session.engine.erase(ctx)
}

func apps(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	list, err := s.Apps(ctx)
	if list == nil {
		list = []store.App{}
	}
	return reply{result: protocol.AppsResult{Apps: list}}, err
}

func revoke(ctx context.Context, c *call, p protocol.RevokeParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	err = s.Revoke(ctx, p.Origin, p.Types...)
	c.session.engine.regranted()
	return reply{}, err
}

func setGrant(ctx context.Context, c *call, p protocol.SetGrantParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	err = s.SetGrant(ctx, p.Origin, p.Grant)
	c.session.engine.regranted()
	return reply{}, err
}

// attach serves a portal on the port that came with the request, for as long as
// the page that sent it is there. The page vouches for the origin; whether such
// an origin may ask is checked here once more.
func attach(ctx context.Context, c *call, p protocol.AttachParams) (reply, error) {
	page := c.session
	if len(c.ports) != 1 {
		c.closePorts()
		return reply{}, invalid("attach takes one port")
	}
	if err := protocol.CheckOrigin(p.Origin); err != nil {
		c.closePorts()
		return reply{}, err
	}
	page.serveApp(newSession(page.engine, c.ports[0], App(p.Origin), page))
	return reply{}, nil
}

// serveApp serves a portal until its port closes or the page goes. A portal that
// reloads leaves its old port behind, and few browsers tell: beyond the bound
// the oldest is taken for such a one.
func (s *session) serveApp(app *session) {
	s.mu.Lock()
	s.apps = append(s.apps, app)
	var oldest *session
	if len(s.apps) > s.limits.attached {
		oldest = s.apps[0]
	}
	s.mu.Unlock()
	if oldest != nil {
		_ = oldest.port.Close()
	}
	s.work.Go(func() {
		app.serve(s.ctx)
		s.appGone(app)
	})
}

// attached is the portals of a page.
func (s *session) attached() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.apps)
}

func (s *session) appGone(app *session) {
	s.mu.Lock()
	s.apps = slices.DeleteFunc(s.apps, func(other *session) bool { return other == app })
	s.mu.Unlock()
	s.tell(protocol.EventDetached, protocol.AttachParams{Origin: app.who.origin})
}

func (c *call) closePorts() {
	for _, port := range c.ports {
		_ = port.Close()
	}
}
