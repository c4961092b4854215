package fhir

import "strings"

// bundleMember reads the value of a Bundle's member into info, or passes it.
func (l *lexer) bundleMember(info *BundleInfo, key []byte) {
	switch string(key) {
	case "type":
		if text, ok := l.stringValue(); ok && info.Type == "" {
			info.Type = string(text)
		}
	case "meta":
		l.bundleMeta(info)
	case "link":
		l.bundleLinks(info)
	default:
		l.skipValue()
	}
}

// bundleMeta reads Bundle.meta for profiles that tell the release.
func (l *lexer) bundleMeta(info *BundleInfo) {
	l.eachMember(func(key []byte) {
		if string(key) != "profile" {
			l.skipValue()
			return
		}
		l.eachElement(func() {
			if url, ok := l.stringValue(); ok && info.Release == "" {
				info.Release = releaseOfProfile(url)
			}
		})
	})
}

// bundleLinks reads Bundle.link for the address that the Bundle came from.
func (l *lexer) bundleLinks(info *BundleInfo) {
	l.eachElement(func() {
		relation, address := "", ""
		l.eachMember(func(key []byte) {
			name := string(key)
			text, ok := l.stringValue()
			switch {
			case ok && name == "relation":
				relation = string(text)
			case ok && name == "url":
				address = string(text)
			}
		})
		if relation == "self" && info.SelfURL == "" {
			info.SelfURL = address
			if info.Release == "" {
				info.Release = releaseOfAddress(address)
			}
		}
	})
}

// addressReleases maps the path segments by which servers tell the releases of
// their endpoints apart.
var addressReleases = map[string]Release{
	"dstu2": DSTU2, "basedstu2": DSTU2, "dstu3": STU3, "stu3": STU3, "basedstu3": STU3,
	"r4": R4, "baser4": R4, "r4b": R4B, "baser4b": R4B, "r5": R5, "baser5": R5,
}

// releaseOfAddress returns the release that a server's address names in its
// path, as "https://example.org/api/FHIR/R4/Patient" does, or "".
func releaseOfAddress(address string) Release {
	path, _, _ := strings.Cut(address, "?")
	for segment := range strings.SplitSeq(path, "/") {
		if release, ok := addressReleases[strings.ToLower(segment)]; ok {
			return release
		}
	}
	return ""
}
