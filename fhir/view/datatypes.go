package view

import "strings"

// dataTypes say the data types (FHIR R4 section 2.24) in words. Each marks the
// values that it says.
var dataTypes map[string]func(*teller, *node) string

func init() { // the functions refer to the map by way of words
	dataTypes = map[string]func(*teller, *node) string{
		"Address":           (*teller).address,
		"Annotation":        (*teller).annotation,
		"Attachment":        (*teller).attachment,
		"CodeableConcept":   (*teller).concept,
		"CodeableReference": (*teller).codeableReference,
		"Coding":            (*teller).coding,
		"ContactPoint":      (*teller).contactPoint,
		"Dosage":            (*teller).dosage,
		"HumanName":         (*teller).humanName,
		"Identifier":        (*teller).identifier,
		"Money":             (*teller).money,
		"Period":            (*teller).period,
		"Quantity":          (*teller).quantity,
		"Range":             (*teller).between,
		"Ratio":             (*teller).ratio,
		"Reference":         (*teller).reference,
		"Timing":            (*teller).timing,
	}
}

// technicalMembers are, by data type, the members that only a program needs.
var technicalMembers = map[string][]string{
	"Attachment":        {"data", "hash", "url"},
	"CodeableConcept":   {"coding"},
	"Coding":            {"system", "version", "code", "userSelected"},
	"ContactPoint":      {"rank"},
	"Dosage":            {"sequence"},
	"Identifier":        {"use", "type", "system", "value", "period", "assigner"},
	"Narrative":         {"status", "div"},
	"Quantity":          {"system", "code"},
	"Reference":         {"reference", "type", "identifier"},
	"CodeableReference": {"reference"},
}

// concept says a CodeableConcept: its text, else what a coding displays, the
// one that the person picked first, else a code.
func (t *teller) concept(n *node) string {
	if words := t.words(n.get("text")); words != "" {
		t.sayAgain(n, words)
		return words
	}
	codings := n.each("coding")
	for _, coding := range codings {
		if coding.string("userSelected") == "true" {
			if words := t.words(coding.get("display")); words != "" {
				return words
			}
		}
	}
	for _, coding := range codings {
		if words := t.words(coding.get("display")); words != "" {
			t.sayAgain(n, words)
			return words
		}
	}
	for _, coding := range codings {
		if words := t.coding(coding); words != "" {
			return words
		}
	}
	return ""
}

// sayAgain marks the displays that repeat what was said.
func (t *teller) sayAgain(concept *node, words string) {
	for _, coding := range concept.each("coding") {
		if display := coding.get("display"); display != nil && display.text == words {
			display.progress = said
		}
	}
}

// coding says a Coding: its display, else its code in words.
func (t *teller) coding(n *node) string {
	if words := t.words(n.get("display")); words != "" {
		return words
	}
	code := n.get("code")
	if code == nil || !code.isPrimitive() {
		return ""
	}
	if words := interpretations[code.text]; words != "" && isInterpretation(n.string("system")) {
		return code.tell(words)
	}
	if system := systems[n.string("system")]; system != "" && strings.ContainsAny(code.text, "0123456789") {
		return code.tell(system + " " + code.text)
	}
	return code.tell(codeWords(code.text))
}

// systems are the code systems that a person may have heard of (FHIR R4 section
// 4.3.0).
var systems = map[string]string{
	"http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT", "http://hl7.org/fhir/sid/cvx": "CVX",
	"http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm", "http://hl7.org/fhir/sid/ndc": "NDC",
	"http://hl7.org/fhir/sid/icd-10-cm": "ICD-10", "http://hl7.org/fhir/sid/icd-10": "ICD-10",
	"http://hl7.org/fhir/sid/icd-9-cm": "ICD-9", "http://www.ama-assn.org/go/cpt": "CPT", "http://www.whocc.no/atc": "ATC",
}

// isInterpretation tells whether a code system is the one of interpretations,
// by its DSTU2 and R4 names (FHIR R4 section 4.4.1.346).
func isInterpretation(system string) bool {
	return strings.HasSuffix(system, "/v2/0078") || strings.HasSuffix(system, "/v2-0078") ||
		strings.HasSuffix(system, "/v3-ObservationInterpretation") || strings.HasSuffix(system, "/v3/ObservationInterpretation")
}

// interpretations are the codes that come without a display most often.
var interpretations = map[string]string{
	"N": "Normal", "A": "Abnormal", "AA": "Critically abnormal", "H": "High", "HH": "Critically high", "L": "Low",
	"LL": "Critically low", "POS": "Positive", "NEG": "Negative", "IND": "Indeterminate", "R": "Resistant",
	"S": "Susceptible", "I": "Intermediate",
}

// codeableReference says a CodeableReference (FHIR R5 section 2.1.28.0.19).
func (t *teller) codeableReference(n *node) string {
	if words := t.words(n.get("concept")); words != "" {
		return words
	}
	return t.words(n.get("reference"))
}

// quantity says a Quantity with its number exactly as written: "5.4 mmol/L".
func (t *teller) quantity(n *node) string {
	value := t.words(n.get("value"))
	if comparator := n.get("comparator"); comparator != nil && comparator.isPrimitive() {
		comparator.progress = said
		value = phrase(comparator.text, value)
	}
	return withUnit(value, t.unit(n))
}

// withUnit puts a unit after a number; a percent sign stands close to it.
func withUnit(value, unit string) string {
	if unit == "%" {
		return value + unit
	}
	return phrase(value, unit)
}

// unit says the unit of a Quantity, else its code.
func (t *teller) unit(n *node) string {
	code := n.get("code")
	if unit := t.words(n.get("unit")); unit != "" {
		if code != nil && code.text == unit {
			code.progress = said
		}
		return unit
	}
	if code == nil {
		return ""
	}
	return code.tell(orElse(units[code.text], code.text))
}

// units are the UCUM codes that a person would not recognise.
var units = map[string]string{
	"mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "[lb_av]": "lb", "[in_i]": "in", "[oz_av]": "oz", "/min": "per minute",
	"{score}": "points", "1": "", "d": "days", "a": "years", "mo": "months", "wk": "weeks", "h": "hours",
}

// between says a Range, naming a unit that both ends share once: "3.5–5.1 mmol/L".
func (t *teller) between(n *node) string {
	return t.ends(n.get("low"), n.get("high"))
}

// ends says what lies between two quantities, of which one may be absent.
func (t *teller) ends(low, high *node) string {
	switch {
	case low == nil:
		return phrase(prefix("up to", t.words(high)))
	case high == nil:
		return phrase(prefix("from", t.words(low)))
	}
	if lowUnit, highUnit := t.unitOf(low), t.unitOf(high); lowUnit == highUnit {
		low.taken = true
		return t.words(low.get("value")) + "–" + t.words(high)
	}
	return t.words(low) + " – " + t.words(high)
}

// unitOf says the unit of a quantity that is an end of a range.
func (t *teller) unitOf(n *node) string {
	if n.kind != object {
		return ""
	}
	return t.unit(n)
}

// prefix puts a word before words that are not empty.
func prefix(word, words string) string {
	if words == "" {
		return ""
	}
	return word + " " + words
}

// ratio says a Ratio: "1 mg / 5 mL", a titre as "1:128".
func (t *teller) ratio(n *node) string {
	numerator, denominator := n.get("numerator"), n.get("denominator")
	over, under := t.words(numerator), t.words(denominator)
	switch {
	case over == "" || under == "":
		return over + prefix("per", under)
	case t.unitOf(numerator) == "" && t.unitOf(denominator) == "":
		return over + ":" + under
	}
	return over + " / " + under
}

// money says a Money (R4), whose currency is a code.
func (t *teller) money(n *node) string {
	return phrase(t.words(n.get("value")), t.words(n.get("currency")))
}

// period says a Period, each end in the precision that it was written in.
func (t *teller) period(n *node) string {
	start, end := t.words(n.get("start")), t.words(n.get("end"))
	switch {
	case end == "":
		return prefix("since", start)
	case start == "":
		return prefix("until", end)
	case start == end:
		return start
	}
	return start + " – " + end
}

// reference says a Reference: what it displays, the name of the contained
// resource that it points at, else type and id. A URL or a UUID says nothing to
// a person; "Technical details" have it.
func (t *teller) reference(n *node) string {
	if words := t.words(n.get("display")); words != "" {
		return words
	}
	target := n.get("reference")
	if target == nil || !target.isPrimitive() {
		return t.words(n.get("identifier"))
	}
	if id, isLocal := strings.CutPrefix(target.text, "#"); isLocal {
		return target.tell(t.nameOfContained(id))
	}
	if strings.Contains(target.text, ":") {
		return ""
	}
	return target.tell(target.text)
}

// humanName says a HumanName: its text, else its parts in the order of speech.
func (t *teller) humanName(n *node) string {
	words := t.words(n.get("text"))
	if words == "" {
		words = phrase(t.spoken(n, "prefix"), t.spoken(n, "given"), t.spoken(n, "family"))
		words = list(words, t.spoken(n, "suffix"))
	} else {
		t.saidIn(n, words, "prefix", "given", "family", "suffix")
	}
	return aside(words, use(n))
}

// use says what a name, an address or a number is used for, by its code: the
// standard's display of "maiden" is "name changed for marriage".
func use(n *node) string {
	code := n.get("use")
	if code == nil || !code.isPrimitive() {
		return ""
	}
	return code.tell(strings.ToLower(codeWords(code.text)))
}

// spoken says a member's values with spaces between.
func (t *teller) spoken(n *node, name string) string {
	var parts []string
	for _, item := range n.each(name) {
		parts = append(parts, t.words(item))
	}
	return phrase(parts...)
}

// saidIn marks the members that a text repeats.
func (t *teller) saidIn(n *node, words string, names ...string) {
	for _, name := range names {
		for _, item := range n.each(name) {
			if item.isPrimitive() && contains(words, item.text) {
				item.progress = said
			}
		}
	}
}

// lower makes a word small where it stands within others.
func lower(word string) string {
	if strings.ToUpper(word) == word {
		return word // an abbreviation
	}
	return strings.ToLower(word)
}

// address says an Address: its text, else its parts in the order of a letter.
func (t *teller) address(n *node) string {
	words := t.words(n.get("text"))
	if words == "" {
		words = list(t.join(n.each("line")), t.words(n.get("city")), t.words(n.get("district")),
			phrase(t.words(n.get("state")), t.words(n.get("postalCode"))), t.words(n.get("country")))
	} else {
		t.saidIn(n, words, "line", "city", "district", "state", "postalCode", "country")
	}
	return aside(words, use(n))
}

// contactPoint says a ContactPoint: "Phone 555 0100 (home)".
func (t *teller) contactPoint(n *node) string {
	value := t.words(n.get("value"))
	if value == "" {
		return ""
	}
	if system := n.get("system"); system != nil && system.isPrimitive() {
		value = phrase(system.tell(capital(system.text)), value)
	}
	return aside(value, use(n))
}

// identifier says an Identifier where a person needs one, such as that of the
// one who has no name.
func (t *teller) identifier(n *node) string {
	return t.words(n.get("value"))
}

// annotation says the text of an Annotation; who wrote it and when stand below.
func (t *teller) annotation(n *node) string {
	return t.words(n.get("text"))
}

// attachment says what a document is called, else its kind.
func (t *teller) attachment(n *node) string {
	kind := n.get("contentType")
	words := ""
	if kind != nil && kind.isPrimitive() {
		words = kind.tell(contentType(kind.text))
	}
	if title := t.words(n.get("title")); title != "" {
		return aside(title, words)
	}
	return words
}

// contentType says a media type in words: "application/pdf" is a "PDF document".
func contentType(mediaType string) string {
	essence, _, _ := strings.Cut(mediaType, ";")
	switch essence = strings.ToLower(strings.TrimSpace(essence)); {
	case essence == "application/pdf":
		return "PDF document"
	case essence == "text/html" || essence == "application/xhtml+xml":
		return "Web page"
	case strings.HasPrefix(essence, "text/plain"):
		return "Plain text"
	case essence == "text/rtf" || essence == "application/rtf":
		return "RTF document"
	case strings.HasPrefix(essence, "image/"):
		return "Image"
	case strings.HasSuffix(essence, "xml"):
		return "XML document"
	}
	return mediaType
}
