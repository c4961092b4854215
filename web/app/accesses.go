package app

import "github.com/keepwell-health/keepwell/store"

// maxAccesses is how many lines of the access log an app's card shows;
// keepwell.accessLog has them all.
const maxAccesses = 100

// accessLines says what an app did, the newest first. A type that it did not get
// reads as such: this is the person's page, not the app's.
func accessLines(log []store.Access, origin string, zone Zone) []string {
	var lines []string
	for _, access := range log {
		if access.Origin != origin {
			continue
		}
		if len(lines) == maxAccesses {
			break
		}
		lines = append(lines, Moment(access.When, "", zone)+": "+accessWords(access))
	}
	return lines
}

func accessWords(access store.Access) string {
	title := "an object that it may not see"
	if access.Type != "" {
		title = titleOf(access.Type)
	}
	count := Count(access.Count, "record", "records")
	if !access.Allowed {
		return "asked for " + title + " and got nothing"
	}
	switch access.Operation {
	case store.AccessOpen:
		return "opened " + count + " of " + title
	case store.AccessStatistics:
		return "had figures computed of " + title
	case store.AccessSources:
		return "asked where " + title + " come from"
	case store.AccessSave:
		return "added " + count + " to " + title
	case store.AccessDelete:
		return "deleted " + count + " of its own in " + title
	}
	return "read " + count + " of " + title
}
