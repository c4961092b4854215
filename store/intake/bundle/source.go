package bundle

import (
	"net/url"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// nameSource tells where a file's resources come from, by its first resource,
// such that the same records brought again meet their older copies:
//
//  1. the server, when the bundle's self link or the entry's fullUrl names one;
//  2. the folder, for files that are named by a resource type, as bulk exports
//     name theirs ("Patient.000.ndjson"): together they are one record;
//  3. else the file's own name.
func nameSource(path string, bundle fhir.BundleInfo, first fhir.Resource) store.Source {
	for _, address := range []string{bundle.SelfURL, first.FullURL} {
		if base, host := serverOf(address); base != "" {
			return store.Source{ID: "import:" + base, Name: host}
		}
	}
	folder, stem := splitPath(path)
	if sum, err := fhir.Summarize(first.Raw, first.Release); err == nil && isTypeFile(stem, sum.ResourceType) {
		stem = folder
		if stem == "" {
			stem = looseFiles(path)
		}
	}
	return store.Source{ID: "import:" + stem, Name: stem}
}

// looseFiles names the source of type files that were brought without a folder.
func looseFiles(path string) string {
	if strings.Contains(strings.ToLower(path), ".ndjson") {
		return "Bulk export"
	}
	return "Imported files"
}

// serverOf returns the base URL of a FHIR server and its host, from the URL of
// a resource or of a search (R4 section 3.1.0.1.3, "Service Base URL"): what
// stands before the resource type.
func serverOf(address string) (base, host string) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Host == "" {
		return "", ""
	}
	segments := strings.Split(strings.Trim(parsed.Path, "/"), "/")
	at := len(segments) - 1
	for at >= 0 && !isTypeName(segments[at]) {
		at--
	}
	if at < 0 {
		return "", ""
	}
	base = parsed.Scheme + "://" + strings.ToLower(parsed.Host)
	if path := strings.Join(segments[:at], "/"); path != "" {
		base += "/" + path
	}
	return base, strings.ToLower(parsed.Hostname())
}

// isTypeName tells a resource type in a URL by its spelling: letters only, the
// first a capital and the second not, which "FHIR" and "R4" in base URLs fail.
func isTypeName(segment string) bool {
	for at, r := range segment {
		upper, lower := r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z'
		if !upper && !lower || at == 0 && !upper || at == 1 && !lower {
			return false
		}
	}
	return len(segment) > 2
}

// splitPath returns the name of the folder or archive that holds a file, or "",
// and the file's name, both without extensions and copy marks.
func splitPath(path string) (folder, stem string) {
	segments := strings.Split(path, "/")
	stem = trim(segments[len(segments)-1])
	if len(segments) > 1 {
		folder = trim(segments[len(segments)-2])
	}
	return folder, stem
}

// trim takes off the extensions, and the " (1)" or " copy" that a browser or a
// file manager adds to a name that is taken.
func trim(name string) string {
	short := name
	for {
		dot := strings.LastIndexByte(short, '.')
		if dot < 0 || !isExtension(strings.ToLower(short[dot+1:])) {
			break
		}
		short = short[:dot]
	}
	if open := strings.LastIndex(short, " ("); open > 0 && strings.HasSuffix(short, ")") && isNumber(short[open+2:len(short)-1]) {
		short = short[:open]
	}
	short = strings.TrimSuffix(short, " copy")
	if short == "" {
		return name
	}
	return short
}

func isExtension(text string) bool {
	switch text {
	case "json", "ndjson", "phr", "fhir", "txt", "gz", "zip":
		return true
	}
	return false
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// isTypeFile reports whether a file is named by the type of its resources:
// "Patient", "Patient.000", "Observation-f001", "Condition_2".
func isTypeFile(stem, resourceType string) bool {
	rest, ok := strings.CutPrefix(stem, resourceType)
	return ok && resourceType != "" && (rest == "" || strings.ContainsAny(rest[:1], ".-_ 0123456789"))
}
