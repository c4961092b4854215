package host

import (
	"fmt"
	"regexp"
	"strings"
)

// originForm is a secure origin as a browser writes it (RFC 6454 section 6.2): https,
// or this machine by plain http. Anything else could change a policy that it is put in.
var originForm = regexp.MustCompile(`^(https://[a-z0-9-]+(\.[a-z0-9-]+)*|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$`)

// ParseOrigins reads origins from a deployment's setting, with spaces between them, as
// Options.FrameAncestors takes them. The error tells the place of the first that is none.
func ParseOrigins(text string) ([]string, error) {
	origins := strings.Fields(text)
	for i, origin := range origins {
		if !originForm.MatchString(origin) {
			return nil, fmt.Errorf("item %d is not an origin, https://host or https://host:port", i+1)
		}
	}
	return origins, nil
}
