package app

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
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

func titleOf(id store.TypeID) string {
	if row, ok := store.TypeByID(id); ok {
		return row.Title
	}
	return "Records of another version"
}
