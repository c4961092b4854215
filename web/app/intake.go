package app

import (
	"fmt"
	"path"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
)

// doing says what an import is doing.
func doing(p intake.Progress) string {
	switch p.Phase {
	case intake.PhaseReading:
		if p.File != "" {
			return "Reading " + path.Base(p.File)
		}
		return "Reading"
	case intake.PhaseSaving:
		return "Encrypting and saving"
	case intake.PhaseOpening:
		return "Looking at what you brought"
	}
	return "Waiting until no other tab is adding records"
}

// done says how far an import is.
func done(p intake.Progress) string {
	records := Count(p.Records, "record", "records")
	if p.TotalBytes == 0 {
		return records
	}
	return fmt.Sprintf("%s · %s of %s", records, Size(p.Bytes), Size(p.TotalBytes))
}

// fraction is the part of an import that is done, from 0 to 1.
func fraction(p intake.Progress) float64 {
	if p.TotalBytes <= 0 {
		return 0
	}
	return min(1, float64(p.Bytes)/float64(p.TotalBytes))
}

// outcome is a report in a person's words.
type outcome struct {
	Headline string
	Detail   string
	Figures  []figure
	Kinds    []Item // what came in, by type
	Trouble  []trouble
	Notes    []trouble
}

// figure is a number with what it counts.
type figure struct {
	Number  int
	Label   string
	Meaning string
}

// trouble is all that was found about one file.
type trouble struct {
	File    string
	Whole   string // why nothing of it could be read, or ""
	Reasons []reason
}

// reason is one rule that records of a file broke, with the first places.
type reason struct {
	Text   string
	Count  int
	Places []string
}

// maxPlaces is how many places of one reason are listed.
const maxPlaces = 5

// outcomeOf says a report.
func outcomeOf(r intake.Report) outcome {
	came := r.Added + r.Replaced
	o := outcome{
		Headline: headline(r),
		Figures: []figure{
			{r.Added, "Added", "new to this device"},
			{r.Replaced, "Replaced", "a newer copy came"},
			{r.Unchanged, "Unchanged", "already here, byte for byte"},
			{r.SkippedCount, "Skipped", "could not be read"},
		},
		Trouble: troubles(r.Skipped, r.ByFile),
		Notes:   troubles(r.Notes, nil),
	}
	if r.SkippedCount > 0 && came+r.Unchanged > 0 {
		o.Detail = "What could not be read was left out. Everything else went in."
	}
	for _, t := range store.Catalogue() {
		if n := r.ByType[t.ID]; n > 0 {
			o.Kinds = append(o.Kinds, Item{Type: t, Count: n})
		}
	}
	return o
}

func headline(r intake.Report) string {
	switch {
	case r.Added > 0 && r.Replaced > 0:
		return fmt.Sprintf("%s added, %s replaced", Count(r.Added, "record", "records"), Number(r.Replaced))
	case r.Added > 0:
		return Count(r.Added, "record", "records") + " added"
	case r.Replaced > 0:
		return Count(r.Replaced, "record", "records") + " replaced"
	case r.Unchanged > 0:
		return "Nothing new: you already have these records"
	}
	return "Nothing was added"
}

// troubles groups faults by file and reason, in the order they were found.
func troubles(faults []intake.Skip, files []intake.FileReport) []trouble {
	var list []trouble
	at := map[string]int{}
	of := func(file string) *trouble {
		index, ok := at[file]
		if !ok {
			index = len(list)
			at[file] = index
			list = append(list, trouble{File: file})
		}
		return &list[index]
	}
	for _, file := range files {
		if file.Reason != "" {
			of(file.File).Whole = sentence(file.Reason)
		}
	}
	for _, fault := range faults {
		if t := of(fault.File); t.Whole == "" {
			t.add(fault)
		}
	}
	return list
}

func (t *trouble) add(fault intake.Skip) {
	text := sentence(fault.Reason)
	for i := range t.Reasons {
		if known := &t.Reasons[i]; known.Text == text {
			known.Count++
			if len(known.Places) < maxPlaces {
				known.Places = append(known.Places, place(fault))
			}
			return
		}
	}
	t.Reasons = append(t.Reasons, reason{Text: text, Count: 1, Places: []string{place(fault)}})
}

// place says where a fault is.
func place(fault intake.Skip) string {
	where := "byte " + Number(int(fault.Offset))
	if fault.Line > 0 {
		where = "line " + Number(int(fault.Line)) + ", " + where
	}
	if fault.Pointer != "" {
		where += ", at " + fault.Pointer
	}
	return where
}
