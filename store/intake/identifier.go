package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// maxIdentifier bounds an identifier, in bytes. FHIR allows 64 characters (R4
// section 2.24.0.1, "id"); real files go beyond it.
const maxIdentifier = 256

// identify gives st.sum an ID when the resource has none, since a record is
// told from others by source, type and identifier. The bundle's fullUrl names
// the resource (R4 section 2.36.4); without one, its content does.
func (st *stage) identify(from *format.Input, resource fhir.Resource) {
	id := st.sum.ID
	if id == "" {
		id = identifierOf(resource.FullURL)
	}
	if id == "" || len(id) > maxIdentifier {
		id = contentIdentifier(resource.Raw)
		st.Note(faultAt(from, resource, "", "a resource without a usable id is kept under an identifier made from its content"))
	}
	st.sum.ID = id
}

// identifierOf returns what a fullUrl calls its resource: the UUID or OID of a
// urn, the last segment of a URL.
func identifierOf(fullURL string) string {
	for _, scheme := range []string{"urn:uuid:", "urn:oid:"} {
		if rest, ok := strings.CutPrefix(fullURL, scheme); ok {
			return rest
		}
	}
	path, _, _ := strings.Cut(fullURL, "#")
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "/_history/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func contentIdentifier(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256-" + hex.EncodeToString(sum[:16])
}
