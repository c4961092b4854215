package app

import (
	"strings"
	"unicode"

	"github.com/keepwell-health/keepwell/store"
)

// Shelf is one section of the home page.
type Shelf struct {
	Title string
	Items []Item
}

// Item is a type on a shelf.
type Item struct {
	Type  store.Type
	Count int
}

// Shelves sorts counts into the home page's sections. Health Records lists all
// its types, so that a person sees what is missing too; the others list what
// there is, and a section without anything is left out.
func Shelves(counts map[store.TypeID]int) []Shelf {
	records := Shelf{Title: "Health Records"}
	other := Shelf{Title: "Other Records"}
	fitness := Shelf{Title: "Fitness Data"}
	person := Shelf{Title: "About You"}
	for _, t := range store.Catalogue() {
		item := Item{Type: t, Count: counts[t.ID]}
		switch {
		case t.Kind == store.KindClinical:
			records.Items = append(records.Items, item)
		case item.Count == 0:
		case t.Kind == store.KindOther || t.Kind == store.KindDocument:
			other.Items = append(other.Items, item)
		case t.Kind == store.KindCharacteristic:
			person.Items = append(person.Items, item)
		default:
			fitness.Items = append(fitness.Items, item)
		}
	}
	shelves := []Shelf{records}
	for _, shelf := range []Shelf{fitness, person, other} {
		if len(shelf.Items) > 0 {
			shelves = append(shelves, shelf)
		}
	}
	return shelves
}

// Total is the number of records of all types.
func Total(counts map[store.TypeID]int) int {
	total := 0
	for _, count := range counts {
		total += count
	}
	return total
}

// line is one record as a list shows it.
type line struct {
	Title, Subtitle, Day, Source string
}

// lineOf says a sample in a list of its type.
func lineOf(s store.Sample, t store.Type, zone Zone) line {
	l := line{Title: s.DisplayName, Subtitle: s.Subtitle, Day: dayOf(s, zone), Source: ownerName(s.Source)}
	if l.Title == "" {
		l.Title = t.Title
	}
	if t.Kind == store.KindOther && s.FHIR != nil {
		l.Title, l.Subtitle = otherWords(s)
	}
	switch value := valueOf(s, t); {
	case t.Kind == store.KindCorrelation && l.Subtitle != "":
		l.Title, l.Subtitle = l.Subtitle, Hours(s, zone)
	case s.FHIR != nil || value == "":
	case s.Undated:
		l.Title, l.Subtitle = value, ""
	default:
		l.Title, l.Subtitle = value, Hours(s, zone)
	}
	return l
}

// otherWords says what kind of record one among all kinds is.
func otherWords(s store.Sample) (title, subtitle string) {
	kind := kindWords(s.FHIR.ResourceType)
	switch {
	case s.DisplayName == "":
		return kind, s.Subtitle
	case s.Subtitle == "":
		return s.DisplayName, kind
	}
	return s.DisplayName, kind + " · " + s.Subtitle
}

// kindWords sets a FHIR resource type in words: "CarePlan" is "Care plan".
func kindWords(resourceType string) string {
	var words strings.Builder
	for i, r := range resourceType {
		if i > 0 && unicode.IsUpper(r) {
			words.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		words.WriteRune(r)
	}
	return words.String()
}

// dayOf is the day of a sample, or "" where nothing tells one.
func dayOf(s store.Sample, zone Zone) string {
	if s.Undated {
		return ""
	}
	return Day(s.StartDate, s.StartText, zone)
}

// valueOf says the value of a quantity, a category or a characteristic, which
// is its text.
func valueOf(s store.Sample, t store.Type) string {
	switch {
	case t.Kind == store.KindCharacteristic && s.Subtitle != "":
		if date, ok := written(s.Subtitle); ok {
			return date
		}
		return s.Subtitle
	case s.Value == nil:
		return ""
	case t.Values != nil:
		return t.Values[int(*s.Value)]
	}
	return Quantity(*s.Value, inUnit(t, s.Unit).Display)
}

// inUnit is a quantity type as it is shown in a unit that a sample of it has:
// one that is the type's by another name is called as the type calls it.
func inUnit(t store.Type, of string) store.Type {
	if _, own := t.Fits(of); own && t.Display != "" {
		return t
	}
	t.Unit, t.Display = of, unitWords(of)
	return t
}

// unitWords writes a unit as people read it, where samples have others than
// their type's.
func unitWords(code string) string {
	if rest, molar := strings.CutPrefix(code, "mmol<"); molar {
		if _, rest, ok := strings.Cut(rest, ">"); ok {
			return "mmol" + rest
		}
	}
	if words, known := unitNames[code]; known {
		return words
	}
	return code
}

var unitNames = map[string]string{
	"[lb_av]": "lb", "[degF]": "°F", "degF": "°F", "degC": "°C", "Cel": "°C", "mm[Hg]": "mmHg", "count": "",
}
