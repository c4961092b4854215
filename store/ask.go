package store

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strings"
)

// minRequired is the least number of types that an app may name as required, so
// that a refusal does not tell which one was denied
// (NSHealthRequiredReadAuthorizationTypeIdentifiers).
const minRequired = 3

// Bounds of what an app says of itself, in bytes: it is shown and stored.
const (
	maxAppName  = 200
	maxUsage    = 2000
	maxPolicy   = 2000
	maxOriginID = 300
)

// isClinical reports whether a type has the consent page of clinical records.
func (t Type) isClinical() bool { return t.Kind == KindClinical || t.Kind == KindOther }

// isWritable reports whether Save takes samples of the type.
func (t Type) isWritable() bool {
	return !t.ReadOnly && (t.Kind == KindQuantity || t.Kind == KindCategory || t.Kind == KindCorrelation)
}

// check refuses a request that no app may make. The error is of
// CodeInvalidArgument.
func (r AuthorizationRequest) check() error {
	if len(r.ToShare)+len(r.Read) == 0 {
		return Errorf(CodeInvalidArgument, "the request names no type")
	}
	for _, id := range r.ToShare {
		known, ok := TypeByID(id)
		if !ok {
			return Errorf(CodeInvalidArgument, "a type to share is not known")
		}
		if !known.isWritable() {
			return Errorf(CodeInvalidArgument, "samples of a type to share can't be saved by apps")
		}
	}
	for _, id := range r.Read {
		if _, ok := TypeByID(id); !ok {
			return Errorf(CodeInvalidArgument, "a type to read is not known")
		}
	}
	return r.checkRequired()
}

func (r AuthorizationRequest) checkRequired() error {
	if len(r.Required) == 0 {
		return nil
	}
	different := map[TypeID]bool{}
	for _, id := range r.Required {
		known, ok := TypeByID(id)
		if !ok || !known.isClinical() {
			return Errorf(CodeInvalidArgument, "only clinical types can be required")
		}
		if !slices.Contains(r.Read, id) {
			return Errorf(CodeInvalidArgument, "a required type is not among the types to read")
		}
		different[id] = true
	}
	if len(different) < minRequired {
		return Errorf(CodeInvalidArgument, "at least %d types must be required, or none", minRequired)
	}
	return nil
}

// readsClinical reports whether a request reads a clinical type, and
// readsFitness whether it reads another one.
func (r AuthorizationRequest) readsClinical() bool { return r.reads(Type.isClinical) }
func (r AuthorizationRequest) readsFitness() bool {
	return r.reads(func(t Type) bool { return !t.isClinical() })
}

func (r AuthorizationRequest) reads(kind func(Type) bool) bool {
	return slices.ContainsFunc(r.Read, func(id TypeID) bool {
		known, _ := TypeByID(id)
		return kind(known)
	})
}

// purposes is the closed list.
var purposes = []Purpose{PurposeCare, PurposeSelfTracking, PurposeResearch, PurposeCoverage, PurposeSharing}

// check refuses a description that does not tell the person enough for what is
// asked. A missing text is an error of CodeUsageDescriptionMissing that names
// HealthKit's key for it, or privacyPolicy.
func (app AppDescription) check(r AuthorizationRequest) error {
	usage := app.Usage
	for _, need := range []struct {
		needed bool
		text   string
		key    string
	}{
		{len(r.ToShare) > 0, usage.Update, "NSHealthUpdateUsageDescription"},
		{r.readsFitness(), usage.Share, "NSHealthShareUsageDescription"},
		{r.readsClinical(), usage.Clinical, "NSHealthClinicalHealthRecordsShareUsageDescription"},
		{r.readsClinical(), app.PrivacyPolicy, "privacyPolicy"},
	} {
		if need.needed && strings.TrimSpace(need.text) == "" {
			return Errorf(CodeUsageDescriptionMissing, "%s is missing", need.key)
		}
	}
	switch {
	case !slices.Contains(purposes, app.Purpose):
		return Errorf(CodeInvalidArgument, "the purpose is not one of the list")
	case strings.TrimSpace(app.Name) == "" || len(app.Name) > maxAppName:
		return Errorf(CodeInvalidArgument, "the app's name is missing or too long")
	case len(usage.Share) > maxUsage || len(usage.Update) > maxUsage || len(usage.Clinical) > maxUsage:
		return Errorf(CodeInvalidArgument, "a usage description is too long")
	case app.PrivacyPolicy != "" && !isWebAddress(app.PrivacyPolicy):
		return Errorf(CodeInvalidArgument, "the privacy policy is not an https address")
	}
	return nil
}

// isWebAddress accepts an https address, and for developers one of their own
// machine; one with a user name would pass for another host's.
func isWebAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxPolicy || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLocal(u.Hostname())
}

// checkOrigin refuses origins that can't be told from others: "null", and those
// that anyone on the network can take on. A grant is bound to the origin alone.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && isLocal(u.Hostname()))
	if !secure || len(origin) > maxOriginID || origin != u.Scheme+"://"+u.Host || u.Host == "" {
		return Errorf(CodeHealthDataRestricted, "this origin can't ask for health data")
	}
	return nil
}

func isLocal(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}

// RequestStatus tells whether asking for these types would show a sheet. On an
// error it is RequestUnknown.
func (s *Store) RequestStatus(ctx context.Context, origin string, r AuthorizationRequest) (RequestStatus, error) {
	needed, err := s.needed(ctx, origin, r)
	switch {
	case err != nil:
		return RequestUnknown, wrap(err, "reading the request status")
	case needed:
		return RequestShouldRequest, nil
	}
	return RequestUnnecessary, nil
}

func (s *Store) needed(ctx context.Context, origin string, r AuthorizationRequest) (bool, error) {
	if err := checkOrigin(origin); err != nil {
		return false, err
	}
	if err := r.check(); err != nil {
		return false, err
	}
	grants, err := s.grants(ctx, origin)
	if err != nil {
		return false, err
	}
	return s.undecided(grants, r), nil
}

// undecided reports whether a request has something to ask the person: a type
// that was not decided, one whose objects are picked each time, or a clinical
// type of which newer records arrived than the person agreed to share.
func (s *Store) undecided(g *appGrants, r AuthorizationRequest) bool {
	for _, id := range r.ToShare {
		if g.of(id).Share == undecided {
			return true
		}
	}
	for _, id := range r.Read {
		known, _ := TypeByID(id)
		if g.of(id).Read == undecided || known.PerObject || s.hasNewer(g, id) {
			return true
		}
	}
	return false
}

// hasNewer reports whether a type that an app reads has records that arrived
// after the grant. While the store is locked nobody can tell.
func (s *Store) hasNewer(g *appGrants, id TypeID) bool {
	opened := s.session.Load()
	if opened == nil || !g.reads(id) || !g.of(id).Ask {
		return false
	}
	now := opened.state.Load()
	t := now.table(id)
	return t.live > 0 && now.newest(t) > g.of(id).Through
}

// Ask checks a request for authorization and lists the app among those that
// asked. When Asking.Needed is true, the caller shows the sheet and passes on
// the person's choice with Answer; otherwise the request has been processed.
//
// Errors: CodeHealthDataRestricted for the origin, CodeInvalidArgument and
// CodeUsageDescriptionMissing for the request, CodeRequiredAuthorizationDenied
// when all is decided and a required type is not granted.
func (s *Store) Ask(ctx context.Context, origin string, app AppDescription, r AuthorizationRequest) (*Asking, error) {
	asking, err := s.ask(ctx, origin, app, r)
	return asking, wrap(err, "asking for authorization")
}

func (s *Store) ask(ctx context.Context, origin string, app AppDescription, r AuthorizationRequest) (*Asking, error) {
	for _, err := range []error{checkOrigin(origin), r.check(), app.check(r)} {
		if err != nil {
			return nil, err
		}
	}
	asking := &Asking{Origin: origin, App: app, Request: r}
	met, first := true, false
	err := s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		if err := g.require(r); err != nil {
			return false, err
		}
		now := s.options.Now().UnixMilli()
		if first = g.FirstAsked == 0; first {
			g.FirstAsked = now
		}
		g.LastAsked, g.Description = now, app
		asking.Needed, met = s.undecided(g, r), len(r.Required) == 0 || g.meetsRequired()
		return true, nil
	})
	if err == nil && first {
		err = s.forgetUnanswered(ctx)
	}
	if err != nil {
		return nil, err
	}
	if !asking.Needed && !met {
		return nil, errRequired
	}
	return asking, nil
}

// require fixes the required types at the first request that reads clinical
// ones, as an app's property list fixes them on a phone. An app that could vary
// them would learn type by type what was denied.
func (g *appGrants) require(r AuthorizationRequest) error {
	if !r.readsClinical() {
		return nil
	}
	required := slices.Compact(slices.Sorted(slices.Values(r.Required)))
	if !g.RequiredSet {
		g.Required, g.RequiredSet = required, true
		return nil
	}
	if !slices.Equal(g.Required, required) {
		return Errorf(CodeInvalidArgument, "the required types differ from those first asked for")
	}
	return nil
}

// Answer stores what the person chose on the sheet for a request: every type of
// the request is decided, granted where the answer names it. It is one atomic
// write.
//
// A canceled answer decides nothing and is an error of CodeUserCanceled; see Show. When a
// required type was not granted the error is of CodeRequiredAuthorizationDenied;
// then no required type is readable.
func (s *Store) Answer(ctx context.Context, origin string, r AuthorizationRequest, a Answer) error {
	return wrap(s.answer(ctx, origin, r, a), "storing the answer")
}

func (s *Store) answer(ctx context.Context, origin string, r AuthorizationRequest, a Answer) error {
	for _, err := range []error{checkOrigin(origin), r.check(), a.check(r)} {
		if err != nil {
			return err
		}
	}
	if a.Canceled {
		if err := s.dismissed(ctx, origin); err != nil {
			return err
		}
		return Errorf(CodeUserCanceled, "the person closed the sheet")
	}
	newest, picked, err := s.present(r, a)
	if err != nil {
		return err
	}
	met := true
	err = s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		if g.FirstAsked == 0 {
			return false, Errorf(CodeInvalidArgument, "this app has not asked")
		}
		g.Unanswered, g.UnansweredAt = 0, 0
		for _, id := range r.ToShare {
			g.decide(id).Share = decided(slices.Contains(a.Share, id))
		}
		for _, id := range r.Read {
			g.decide(id).read(id, a, newest, picked)
		}
		met = len(r.Required) == 0 || g.meetsRequired()
		return true, nil
	})
	if err == nil && !met {
		err = errRequired
	}
	return err
}

// check refuses an answer to another question.
func (a Answer) check(r AuthorizationRequest) error {
	for _, id := range a.Share {
		if !slices.Contains(r.ToShare, id) {
			return Errorf(CodeInvalidArgument, "the answer grants a type that was not asked for")
		}
	}
	for _, id := range a.Read {
		if !slices.Contains(r.Read, id) {
			return Errorf(CodeInvalidArgument, "the answer grants a type that was not asked for")
		}
	}
	for id, start := range a.HistoryStarts {
		if !slices.Contains(r.Read, id) || !isDate(start) {
			return Errorf(CodeInvalidArgument, "the history's start is out of range, or of a type that was not asked for")
		}
	}
	switch {
	case a.FutureRecords != "" && a.FutureRecords != FutureAsk && a.FutureRecords != FutureAlways:
		return Errorf(CodeInvalidArgument, "the choice for future records is not known")
	case !isDate(a.HistoryStart):
		return Errorf(CodeInvalidArgument, "the history's start is out of range")
	}
	return nil
}

// present returns the newest sequence number, which bounds the records shared
// under FutureAsk, and the objects picked, by type. Where the answer needs
// neither the store may be locked.
func (s *Store) present(r AuthorizationRequest, a Answer) (newest uint64, picked map[TypeID][]uint64, err error) {
	opened := s.session.Load()
	if opened == nil {
		bounded := AuthorizationRequest{Read: a.Read}.readsClinical() && a.FutureRecords != FutureAlways
		if bounded || len(a.Objects) > 0 {
			return 0, nil, errLocked
		}
		return math.MaxUint64, nil, nil
	}
	now := opened.state.Load()
	picked = map[TypeID][]uint64{}
	for _, uuid := range a.Objects {
		sequence, _ := opened.number(uuid)
		one, at, ok := now.find(sequence)
		if !ok || one.Kind != kindRecords {
			return 0, nil, Errorf(CodeInvalidArgument, "a picked object does not exist")
		}
		id := TypeID(one.table.String(columnType, at))
		if known, _ := TypeByID(id); !known.PerObject || !slices.Contains(r.Read, id) {
			return 0, nil, Errorf(CodeInvalidArgument, "a picked object is not of a type that was asked for")
		}
		picked[id] = append(picked[id], sequence)
	}
	return now.manifest.Next - 1, picked, nil
}

// decide returns the grant of a type for changing.
func (g *appGrants) decide(id TypeID) *typeGrant {
	grant, ok := g.Types[id]
	if !ok {
		grant = &typeGrant{}
		g.Types[id] = grant
	}
	return grant
}

func decided(yes bool) decision {
	if yes {
		return granted
	}
	return denied
}

// read decides on reading a type.
func (t *typeGrant) read(id TypeID, a Answer, newest uint64, picked map[TypeID][]uint64) {
	share := t.Share
	*t = typeGrant{Share: share, Read: decided(slices.Contains(a.Read, id))}
	if t.Read == denied {
		return
	}
	known, _ := TypeByID(id)
	t.Since, t.Objects = a.HistoryStart, picked[id]
	if since, ok := a.HistoryStarts[id]; ok {
		t.Since = since
	}
	if known.isClinical() && a.FutureRecords != FutureAlways {
		t.Ask, t.Through = true, newest
	}
}

// ShareStatus tells whether an app may write a type. It says nothing of
// reading: no call does.
func (s *Store) ShareStatus(ctx context.Context, origin string, id TypeID) (ShareStatus, error) {
	if _, known := TypeByID(id); !known {
		return ShareNotDetermined, Errorf(CodeInvalidArgument, "the type is not known")
	}
	grants, err := s.grants(ctx, origin)
	if err != nil {
		return ShareNotDetermined, wrap(err, "reading the share status")
	}
	switch grants.of(id).Share {
	case granted:
		return ShareSharingAuthorized, nil
	case denied:
		return ShareSharingDenied, nil
	}
	return ShareNotDetermined, nil
}

// EarliestAuthorizedSampleDates tells from when an app may read, in ms since the
// Unix epoch, of those types of which the person shares recent history alone. It
// leaves out all others: a type that is denied looks like one that is shared whole
// (HealthKit's earliestAuthorizedSampleDate(for:)).
func (s *Store) EarliestAuthorizedSampleDates(ctx context.Context, origin string, ids []TypeID) (map[TypeID]int64, error) {
	for _, id := range ids {
		if _, known := TypeByID(id); !known {
			return nil, Errorf(CodeInvalidArgument, "a type is not known")
		}
	}
	grants, err := s.grants(ctx, origin)
	if err != nil {
		return nil, wrap(err, "reading the earliest dates")
	}
	dates := map[TypeID]int64{}
	for _, id := range ids {
		if since := grants.of(id).Since; since != 0 && grants.reads(id) {
			dates[id] = since
		}
	}
	return dates, nil
}
