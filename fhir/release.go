package fhir

import "strings"

// versions pairs each release with the version that Summary.Version shows: the
// last technical correction of the release (hl7.org/fhir/directory.html).
var versions = [...]struct {
	release Release
	version string
}{
	{DSTU2, "1.0.2"},
	{STU3, "3.0.2"},
	{R4, "4.0.1"},
	{R4B, "4.3.0"},
	{R5, "5.0.0"},
}

// Version returns the version that stands for the release, such as "4.0.1" for
// R4, or "" when the release is unknown.
func (r Release) Version() string {
	for _, v := range versions {
		if v.release == r {
			return v.version
		}
	}
	return ""
}

// ParseVersion returns the release that a FHIR version belongs to. It accepts a
// version number with or without patch and label ("4.0.1", "4.0", "5.0.0-ballot")
// and a release's own name ("R4", "DSTU2"). The error is an
// *UnsupportedVersionError.
func ParseVersion(version string) (Release, error) {
	trimmed := strings.TrimSpace(version)
	for _, v := range versions {
		if strings.EqualFold(trimmed, string(v.release)) {
			return v.release, nil
		}
	}
	number, _, _ := strings.Cut(trimmed, "-")
	parts := strings.Split(number, ".")
	if len(parts) < 2 {
		return "", &UnsupportedVersionError{Version: version}
	}
	switch parts[0] + "." + parts[1] {
	case "1.0":
		return DSTU2, nil
	case "3.0":
		return STU3, nil
	case "4.0":
		return R4, nil
	case "4.3":
		return R4B, nil
	case "5.0":
		return R5, nil
	}
	return "", &UnsupportedVersionError{Version: version}
}
