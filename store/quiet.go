package store

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// From the third sheet in a row that a person leaves without an answer an app shows
// no other for a minute, then two, and so on to an hour, so that it can't wear them
// down. It is kept with what the app was granted: a window that the app loads anew, or
// another one, does not begin at none.
const (
	quietAfter   = 3
	quietLeast   = time.Minute
	quietMost    = time.Hour
	quietDoubles = 6 // 2^6 minutes is over an hour
)

// maxUnanswered bounds the apps that are kept though the person never answered them: a
// site that goes from one name to the next must fill neither the disk nor the list.
const maxUnanswered = 100

// quietUntil is when an app may show a sheet again, in ms since the Unix epoch.
func (g *appGrants) quietUntil() int64 {
	if g.Unanswered < quietAfter {
		return 0
	}
	doubles := min(g.Unanswered-quietAfter, quietDoubles)
	return g.UnansweredAt + min(quietLeast<<doubles, quietMost).Milliseconds()
}

// Show notes that a sheet of an app, which has asked, is about to be put before the
// person. It reports false where it must not be, since they left too many without an
// answer: closed them, or let the app take them off.
func (s *Store) Show(ctx context.Context, origin string) (bool, error) {
	shown := false
	err := s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		now := s.options.Now().UnixMilli()
		// A clock that was set back quiets nobody for longer than it would have.
		shown = now >= g.quietUntil() || now < g.UnansweredAt
		if shown {
			g.Unanswered, g.UnansweredAt = g.Unanswered+1, now
		}
		return shown, nil
	})
	return shown, wrap(err, "showing a sheet")
}

// dismissed notes that the person closed the sheet: quiet begins then.
func (s *Store) dismissed(ctx context.Context, origin string) error {
	return s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		g.UnansweredAt = s.options.Now().UnixMilli()
		return g.Unanswered > 0, nil
	})
}

// forgetUnanswered forgets the apps that asked longest ago of too many that were
// never answered.
func (s *Store) forgetUnanswered(ctx context.Context) error {
	var apps []*appGrants
	err := s.eachApp(ctx, func(g *appGrants) error {
		if len(g.Types) == 0 {
			apps = append(apps, g)
		}
		return nil
	})
	if err != nil || len(apps) <= maxUnanswered {
		return err
	}
	slices.SortFunc(apps, func(a, b *appGrants) int { return cmp.Compare(a.LastAsked, b.LastAsked) })
	var batch Batch
	for _, g := range apps[:len(apps)-maxUnanswered] {
		key, err := s.appKey(ctx, g.Origin)
		if err != nil {
			return err
		}
		batch.Delete = append(batch.Delete, Range{From: key, To: after(key)})
	}
	return s.backend.Apply(ctx, batch)
}
