package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/keepwell-health/keepwell/store"
)

// Longest texts of an app that the sheet shows, in characters. What is longer
// is cut: a portal must not push the buttons out of reach.
const (
	maxName   = 60
	maxUsage  = 600
	maxPolicy = 300
)

// Origin is who asks, as the browser says.
func (m *Model) Origin() string { return m.asking.Origin }

// Host is the origin without its scheme when that is https, as browsers show
// it; any other scheme stays in sight.
func (m *Model) Host() string { return strings.TrimPrefix(m.asking.Origin, "https://") }

// Heading names who asks and for what.
func (m *Model) Heading() string {
	return m.Host() + " " + m.Request()
}

// Request is the heading without its subject.
func (m *Model) Request() string {
	page := m.Page()
	switch {
	case page.Kind == ClinicalPage:
		return "asks to read your health records"
	case page.Kind == ObjectsPage:
		return "asks to read documents that you pick"
	case len(page.Share) == 0:
		return "asks to read your fitness data"
	case len(page.Read) == 0:
		return "asks to add to your fitness data"
	}
	return "asks to read and add to your fitness data"
}

// Name is what the app calls itself, or "".
func (m *Model) Name() string { return NameOf(m.asking.App) }

// NameOf is what an app calls itself, fit to stand among Keepwell's own words, or "".
func NameOf(app store.AppDescription) string { return plain(app.Name, maxName) }

// Usage lists the app's own reasons for what the page asks.
func (m *Model) Usage() []string {
	var reasons []string
	add := func(text string, asked bool) {
		if text = plain(text, maxUsage); asked && text != "" {
			reasons = append(reasons, text)
		}
	}
	page, usage := m.Page(), m.asking.App.Usage
	add(usage.Clinical, page.Kind == ClinicalPage)
	add(usage.Share, page.Kind == ObjectsPage || page.Kind == FitnessPage && len(page.Read) > 0)
	add(usage.Update, len(page.Share) > 0)
	return reasons
}

var purposes = map[store.Purpose]string{
	store.PurposeCare:         "To treat or advise you",
	store.PurposeSelfTracking: "To show you your own data",
	store.PurposeResearch:     "A study that you take part in",
	store.PurposeCoverage:     "Insurance or benefits that you apply for",
	store.PurposeSharing:      "To pass records on to someone you name",
}

// Purpose is the app's stated purpose in words.
func (m *Model) Purpose() string {
	if words, ok := purposes[m.asking.App.Purpose]; ok {
		return words
	}
	return "It states no purpose"
}

// Policy is the address of the app's privacy policy, or "".
func (m *Model) Policy() string { return plain(m.asking.App.PrivacyPolicy, maxPolicy) }

// Explanation says what the page is about and why it matters.
func (m *Model) Explanation() string {
	if m.Page().Kind == ClinicalPage {
		return "Health records come from doctors, hospitals and insurers. They can say what you were treated for, tested for and prescribed. " +
			"Turn on only what you want this site to have. It can’t tell what you leave off from what you don’t have."
	}
	if m.Page().Kind == ObjectsPage {
		return "A document can say much at once. Turn on the very ones that this site may have: it gets no other, and asks again for any. " +
			"It can’t tell what you leave off from what you don’t have."
	}
	return "Fitness data is what you, your phone or your watch recorded. " +
		"Turn on only what you want. The site can’t tell what you leave off from what you don’t have."
}

// Tally says in one sentence what Allow Selected would do.
func (m *Model) Tally() string {
	page := m.Page()
	count := page.Chosen()
	if count == 0 {
		return "Nothing is selected. Nothing will be allowed."
	}
	return fmt.Sprintf("%d of %d selected.", count, len(page.Switches()))
}

// maxMarks is how many combining marks follow a letter, which is more than any
// orthography stacks on one: hundreds reach far into the lines around.
const maxMarks = 4

// blanks have no ink though Unicode counts them among letters and symbols.
const blanks = "\u115F\u1160\u2800\u3164\uFFA0"

// plain makes a portal's text safe to show beside our own: one line, bounded, in its
// own place, and without the characters that change the direction or place of other
// text (Unicode Technical Report 36, section 2.5).
func plain(text string, limit int) string {
	var out strings.Builder
	length, marks, space := 0, maxMarks, false // nothing is there yet for a mark to stand on
	for _, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(blanks, r) {
			space, marks = length > 0, maxMarks
			continue
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			continue
		}
		if unicode.Is(unicode.M, r) {
			marks++
			if marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		if length == limit {
			return out.String() + "…"
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		out.WriteRune(r)
		length++
	}
	return out.String()
}
