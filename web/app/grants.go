package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// grantLine is what one app may do with one type, in words.
type grantLine struct {
	Type  store.TypeID
	Title string
	May   string // "read", "read and add", "add"; "nothing" where it was denied
	Extra string // what limits or widens it
}

// grantLines says an app's grants; what was denied comes last.
func grantLines(app store.App, zone Zone) (allowed, denied []grantLine) {
	for _, grant := range app.Grants {
		line := grantLine{Type: grant.Type, Title: titleOf(grant.Type), May: may(grant)}
		if line.May == "nothing" {
			denied = append(denied, line)
			continue
		}
		var extra []string
		if grant.Future == store.FutureAlways {
			extra = append(extra, "new records too")
		}
		if grant.HistoryStart > 0 {
			extra = append(extra, "since "+Day(grant.HistoryStart, "", zone))
		}
		if grant.Objects > 0 {
			extra = append(extra, Count(grant.Objects, "record", "records")+" that you picked")
		}
		line.Extra = strings.Join(extra, ", ")
		allowed = append(allowed, line)
	}
	return allowed, denied
}

func may(grant store.Grant) string {
	switch {
	case grant.Read && grant.Share:
		return "read and add"
	case grant.Read:
		return "read"
	case grant.Share:
		return "add"
	}
	return "nothing"
}

// grantSwitch is one thing that the person may allow an app or not: what it asked
// for, whatever was decided.
type grantSwitch struct {
	Title string // "Read Steps"
	On    bool
	To    store.Grant // what turning it over leads to
}

// switchesOf lists what an app asked for of one type. An app may not be allowed
// anew to read a per-object type: its objects are picked each time it asks.
func switchesOf(grant store.Grant) []grantSwitch {
	title := titleOf(grant.Type)
	var switches []grantSwitch
	if row, _ := store.TypeByID(grant.Type); grant.AskedRead && (grant.Read || !row.PerObject) {
		to := grant
		to.Read = !grant.Read
		switches = append(switches, grantSwitch{"Read " + title, grant.Read, to})
	}
	if grant.AskedShare {
		to := grant
		to.Share = !grant.Share
		switches = append(switches, grantSwitch{"Add to " + title, grant.Share, to})
	}
	return switches
}

// objectsToPick says in words what a person may pick from on a sheet.
func objectsToPick(samples []store.Sample, zone Zone) []sheet.Object {
	objects := make([]sheet.Object, len(samples))
	for i, s := range samples {
		day := "Without a date"
		if !s.Undated {
			day = Day(s.StartDate, s.StartText, zone)
		}
		title := s.DisplayName
		if title == "" {
			title = titleOf(s.Type)
		}
		known := slices.DeleteFunc([]string{s.Subtitle, day, s.Source.Name}, func(text string) bool { return text == "" })
		objects[i] = sheet.Object{UUID: s.UUID, Type: s.Type, Title: title, Note: strings.Join(known, " · ")}
	}
	return objects
}

// whoAsked says in one text which apps asked for which types: what a list of them is
// made of, beside what was decided. It is "" for none.
func whoAsked(apps []store.App) string {
	var text strings.Builder
	for _, app := range apps {
		fmt.Fprintf(&text, "%q %q %d:", app.Origin, app.Description.Name, app.LastAsked)
		for _, grant := range app.Grants {
			fmt.Fprintf(&text, " %s", grant.Type)
		}
	}
	return text.String()
}

func titleOf(id store.TypeID) string {
	if row, ok := store.TypeByID(id); ok {
		return row.Title
	}
	return "Records of another version"
}

// hostOf is an origin as browsers show it.
func hostOf(origin string) string { return strings.TrimPrefix(origin, "https://") }
