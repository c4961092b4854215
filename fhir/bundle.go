package fhir

import "strings"

// stringValue reads the value at the position when it is a string; it passes
// any other value and returns false.
func (l *lexer) stringValue() ([]byte, bool) {
	if l.next() == '"' {
		return l.text()
	}
	l.skipValue()
	return nil, false
}

// bundleMember reads the value of a Bundle's member into info, or passes it.
func (r *Reader) bundleMember(info *BundleInfo, key []byte) {
	l := &r.lex
	switch string(key) {
	case "type":
		if text, ok := l.stringValue(); ok && info.Type == "" {
			info.Type = string(text)
		}
	case "meta":
		r.bundleMeta(info)
	case "link":
		r.bundleLinks(info)
	default:
		l.skipValue()
	}
}

// bundleMeta reads Bundle.meta for profiles that tell the release.
func (r *Reader) bundleMeta(info *BundleInfo) {
	r.eachMember(func(key []byte) {
		if string(key) != "profile" {
			r.lex.skipValue()
			return
		}
		r.eachElement(func() {
			if url, ok := r.lex.stringValue(); ok && info.Release == "" {
				info.Release = releaseOfProfile(url)
			}
		})
	})
}

// bundleLinks reads Bundle.link for the address that the Bundle came from.
func (r *Reader) bundleLinks(info *BundleInfo) {
	r.eachElement(func() {
		relation, address := "", ""
		r.eachMember(func(key []byte) {
			name := string(key)
			text, ok := r.lex.stringValue()
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

// eachMember calls visit at the value of each member of the object at the
// position. visit must pass the value. Any other value is passed.
func (r *Reader) eachMember(visit func(key []byte)) {
	l := &r.lex
	if l.next() != '{' {
		l.skipValue()
		return
	}
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			return
		}
		if visit(key); l.failed {
			return
		}
	}
}

// eachElement calls visit at each element of the array at the position; a value
// that is no array counts as its only element.
func (r *Reader) eachElement(visit func()) {
	l := &r.lex
	if l.next() != '[' {
		visit()
		return
	}
	l.pos++
	for first := true; l.element(first); first = false {
		if visit(); l.failed {
			return
		}
	}
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
