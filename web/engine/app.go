package engine

import (
	"context"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// hello introduces a portal. What it says of itself is bounded here, and judged
// by the store when it asks: which texts are needed depends on what for.
func hello(_ context.Context, c *call, app store.AppDescription) (reply, error) {
	if err := checkDescription(app); err != nil {
		return reply{}, err
	}
	s := c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.app != nil {
		return reply{}, invalid("hello comes once on a port")
	}
	s.app = &app
	return reply{result: protocol.HelloResult{Origin: s.who.origin}}, nil
}

// bye closes the port: most browsers don't tell when the other end is gone.
func bye(_ context.Context, c *call, _ protocol.Empty) (reply, error) {
	return reply{}, c.session.port.Close()
}

func checkDescription(app store.AppDescription) error {
	if app.Name == "" {
		return invalid("name is needed: what people call your app")
	}
	for _, text := range []struct {
		field, value string
		most         int // bytes
	}{
		{"name", app.Name, maxAppName},
		{"usage.share", app.Usage.Share, maxAppText},
		{"usage.update", app.Usage.Update, maxAppText},
		{"usage.clinical", app.Usage.Clinical, maxAppText},
		{"purpose", string(app.Purpose), maxAppName},
		{"privacyPolicy", app.PrivacyPolicy, maxAppText},
	} {
		if len(text.value) > text.most {
			return tooMuch(text.field + " is too long")
		}
		if !utf8.ValidString(text.value) {
			return invalid("%s is not text", text.field)
		}
	}
	if strings.ContainsFunc(app.Name, isControl) {
		return invalid("name holds characters that change the text around it")
	}
	if app.PrivacyPolicy != "" {
		return checkPolicyLink(app.PrivacyPolicy)
	}
	return nil
}

// isControl tells characters that a name can't have: it stands beside other text
// wherever samples show who saved them.
func isControl(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Bidi_Control) }

// checkPolicyLink takes what an app may serve from, so that a link on the sheet
// is a plain one.
func checkPolicyLink(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.User != nil || protocol.CheckOrigin(parsed.Scheme+"://"+parsed.Host) != nil {
		return invalid("privacyPolicy must be an https address, as browsers write it")
	}
	return nil
}

// description is what the portal said in its hello, or nil.
func (s *session) description() *store.AppDescription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app
}

func requestStatus(ctx context.Context, c *call, r store.AuthorizationRequest) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	status, err := s.RequestStatus(ctx, c.session.who.origin, r)
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.RequestStatusResult{Status: requestStatusNames[status]}}, nil
}

var requestStatusNames = map[store.RequestStatus]string{
	store.RequestUnknown:       "unknown",
	store.RequestShouldRequest: "shouldRequest",
	store.RequestUnnecessary:   "unnecessary",
}

func authorizationStatus(ctx context.Context, c *call, p protocol.TypeParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	status, err := s.ShareStatus(ctx, c.session.who.origin, p.Type)
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.ShareStatusResult{Status: shareStatusNames[status]}}, nil
}

var shareStatusNames = map[store.ShareStatus]string{
	store.ShareNotDetermined:     "notDetermined",
	store.ShareSharingDenied:     "sharingDenied",
	store.ShareSharingAuthorized: "sharingAuthorized",
}

func earliestDates(ctx context.Context, c *call, p protocol.TypesParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	dates, err := s.EarliestAuthorizedSampleDates(ctx, c.session.who.origin, p.Types)
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.EarliestDatesResult{Dates: dates}}, nil
}
