package rest

import (
	"encoding/json"
	"strconv"

	"github.com/keepwell-health/keepwell/store"
)

// maxBundle bounds the resources of one page, in bytes.
const maxBundle = 64 << 20

// link is one Bundle.link (RFC 8288).
type link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// bundle is a searchset (FHIR R4 section 2.36). Its resources are the bytes as
// their sources sent them.
type bundle struct {
	total   int
	links   []link
	entries []entry
	size    int // bytes of resources
}

type entry struct {
	sample store.Sample
	raw    []byte
	mode   string // "match" or "include"
}

func (b *bundle) add(s store.Sample, raw []byte, mode string) error {
	if b.size += len(raw); b.size > maxBundle {
		return errTooLarge
	}
	b.entries = append(b.entries, entry{s, raw, mode})
	return nil
}

func (b *bundle) has(uuid string) bool {
	for _, e := range b.entries {
		if e.sample.UUID == uuid {
			return true
		}
	}
	return false
}

// links are those of a search (FHIR R4 section 3.1.1.4.20).
func (q *search) links(total int) []link {
	at := func(offset int) string {
		parameters := q.parameters
		if offset > 0 {
			parameters = append(parameters[:len(parameters):len(parameters)], parameter{offsetName, strconv.Itoa(offset)})
		}
		address := Base + "/" + q.resourceType
		if len(parameters) > 0 {
			address += "?" + encode(parameters)
		}
		return address
	}
	links := []link{{"self", at(q.offset)}}
	if q.onlyCount || q.count == 0 {
		return links
	}
	links = append(links, link{"first", at(0)})
	if q.offset > 0 {
		links = append(links, link{"previous", at(max(0, q.offset-q.count))})
	}
	if q.offset+q.count < total {
		links = append(links, link{"next", at(q.offset + q.count)})
	}
	return links
}

func (b *bundle) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"resourceType":"Bundle","type":"searchset","total":`...)
	dst = strconv.AppendInt(dst, int64(b.total), 10)
	dst = append(dst, `,"link":`...)
	dst = appendText(dst, b.links)
	used := map[string]bool{}
	for at, e := range b.entries {
		if at == 0 {
			dst = append(dst, `,"entry":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		dst = e.appendRelease(dst)
		dst = append(dst, `"fullUrl":`...)
		dst = appendText(dst, e.fullURL(used))
		dst = append(dst, `,"resource":`...)
		dst = append(dst, e.raw...)
		dst = append(dst, `,"search":{"mode":"`...)
		dst = append(append(dst, e.mode...), `"}}`...)
	}
	if len(b.entries) > 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// releaseURL names the extension of an entry whose resource is of another FHIR release
// than the Bundle: resources of all releases stand beside each other, and themselves
// don't say of which they are.
const releaseURL = Base + "/StructureDefinition/fhir-version"

func (e *entry) appendRelease(dst []byte) []byte {
	if releaseOf(&e.sample) == ownVersion {
		return dst
	}
	dst = append(dst, `"extension":[{"url":"`+releaseURL+`","valueCode":`...)
	return append(appendText(dst, e.sample.FHIR.Version), `}],`...)
}

// fullURL must differ from entry to entry (FHIR R4 constraint bdl-7), and two
// sources may use the same id.
func (e *entry) fullURL(used map[string]bool) string {
	address := Base + "/" + e.sample.FHIR.ResourceType + "/" + e.sample.FHIR.Identifier
	if used[address] || !isID(e.sample.FHIR.Identifier) {
		return "urn:uuid:" + e.sample.UUID
	}
	used[address] = true
	return address
}

func appendText(dst []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("rest: texts always marshal: " + err.Error())
	}
	return append(dst, text...)
}
