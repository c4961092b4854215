package fhir

import "strings"

// releaseSet is a set of releases: bit i stands for versions[i].
type releaseSet uint8

const (
	setDSTU2 releaseSet = 1 << iota
	setSTU3
	setR4
	setR4B
	setR5
	setAll = setDSTU2 | setSTU3 | setR4 | setR4B | setR5
)

// only returns the release of a set of one, or "".
func (set releaseSet) only() Release {
	for i, v := range versions {
		if set == 1<<i {
			return v.release
		}
	}
	return ""
}

// guides maps the beginnings of profile addresses to the releases that the
// guides which define them are written for.
var guides = [...]struct {
	prefix   string
	releases releaseSet
}{
	{"http://fhir.org/guides/argonaut", setDSTU2},
	{"http://hl7.org/fhir/StructureDefinition/daf-", setDSTU2},
	{"http://hl7.org/fhir/us/daf", setDSTU2},
	{"http://standardhealthrecord.org/", setSTU3},
	{"https://bluebutton.cms.gov/assets/ig/", setSTU3},
	{"http://hl7.org/fhir/us/core/", setSTU3 | setR4}, // 1.0 and 2.0 are STU3
	{"http://hl7.org/fhir/us/carin-bb/", setR4},
	{"http://hl7.org/fhir/us/davinci", setR4},
	{"http://hl7.org/fhir/us/mcode/", setR4},
	{"http://hl7.org/fhir/uv/ips/", setR4},
	{"http://hl7.org/fhir/uv/shc-", setR4},
	{"https://smarthealth.cards/", setR4},
}

// profileReleases returns the releases that a profile in meta.profile is
// written for; setAll when it does not tell.
func profileReleases(url string) releaseSet {
	for i := range guides {
		if strings.HasPrefix(url, guides[i].prefix) {
			return guides[i].releases
		}
	}
	return setAll
}

// coreVersion returns the FHIR version that a profile of the FHIR
// specification itself names, "" when it names none. Two forms are in use:
// ".../StructureDefinition/Patient|4.0.1" and "http://hl7.org/fhir/4.0/...".
func coreVersion(url string) string {
	rest, ok := strings.CutPrefix(url, "http://hl7.org/fhir/")
	if !ok {
		return ""
	}
	if first, _, found := strings.Cut(rest, "/"); found && first != "" && first[0]-'0' < 10 {
		return first
	}
	if name, version, found := strings.Cut(rest, "|"); found && strings.HasPrefix(name, "StructureDefinition/") {
		return version
	}
	return ""
}

// releaseOfProfile returns the one release that a profile tells, or "".
func releaseOfProfile(url []byte) Release {
	if version := coreVersion(string(url)); version != "" {
		release, _ := ParseVersion(version)
		return release
	}
	return profileReleases(string(url)).only()
}

var (
	fhirVersionPath = parsePath("fhirVersion")
	profilePath     = parsePath("meta.profile")
)

// stated returns the FHIR version that the resource states: fhirVersion of a
// CapabilityStatement, a StructureDefinition and their like, else the version
// of a core profile. guide is what its other profiles tell.
func (s *summarizer) stated() (version string, guide releaseSet) {
	guide = setAll
	if s.seek(fhirVersionPath) {
		version = s.joined()
		version, _, _ = strings.Cut(version, " ") // ImplementationGuide has several
	}
	if !s.seek(profilePath) {
		return version, guide
	}
	s.lex.eachElement(func() {
		url := s.text()
		keep(&version, coreVersion(url))
		if narrower := guide & profileReleases(url); narrower != 0 {
			guide = narrower
		}
	})
	return version, guide
}
