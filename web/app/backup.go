package app

import (
	"strconv"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
)

// Names of exported files. Whoever lists the person's downloads sees them: they
// say when, and not what or whose.
const (
	backupPrefix = "keepwell-backup-"
	backupSuffix = ".age"
	plainPrefix  = "keepwell-copy-"
	plainSuffix  = ".zip"
)

// dated names a file by the day it is made.
func dated(prefix string, ms int64, suffix string, zone Zone) string {
	return prefix + local(ms, zone).Format(time.DateOnly) + suffix
}

// backupDoing says what an export or a restore is doing.
func backupDoing(p backup.Progress) string {
	switch p.Phase {
	case backup.PhaseOpening:
		return "Making a key from the passphrase"
	case backup.PhaseWriting:
		return "Encrypting and writing"
	case backup.PhaseCheck:
		return "Checking the backup"
	case backup.PhaseTaking:
		return "Encrypting and saving"
	}
	return "Starting"
}

// backupDone says how far it is.
func backupDone(p backup.Progress) string {
	switch {
	case p.Total == 0:
		return ""
	case p.Phase == backup.PhaseWriting:
		return Number(int(p.Done)) + " of " + Count(int(p.Total), "record", "records")
	}
	return Size(min(p.Done, p.Total)) + " of " + Size(p.Total)
}

// backupFraction is the part of the phase that is done, from 0 to 1.
func backupFraction(p backup.Progress) float64 {
	if p.Total <= 0 {
		return 0
	}
	return min(1, float64(p.Done)/float64(p.Total))
}

// holding is one line of what a backup holds.
type holding struct{ Label, Value string }

// holdings says what a backup holds; what it has none of is left out.
func holdings(counts backup.Counts, sites []string) []holding {
	var list []holding
	add := func(label string, n int) {
		if n > 0 {
			list = append(list, holding{label, Number(n)})
		}
	}
	add("Records", counts.Records)
	add("Other data", counts.Documents)
	add("Measurements", counts.Samples)
	if len(sites) > 0 {
		var hosts []string
		for _, origin := range sites {
			hosts = append(hosts, hostOf(origin))
		}
		list = append(list, holding{"Sites with your answers", Listed(hosts)})
	} else {
		add("Sites with your answers", counts.Apps)
	}
	add("Lines of the access log", counts.Accesses)
	add("Left out, because damaged", counts.Missing)
	if len(list) == 0 {
		list = append(list, holding{"Records", "None"})
	}
	return list
}

// lastBackup says when the last backup was made.
func lastBackup(state store.BackupState, zone Zone) string {
	switch {
	case state.Made == 0:
		return "No backup of these records was made here yet."
	case state.Changed:
		return "The last backup is of " + Moment(state.Made, "", zone) + ". Records changed since."
	}
	return "The last backup is of " + Moment(state.Made, "", zone) + ", and nothing changed since."
}

// restoredHeadline says what a restore did.
func restoredHeadline(r backup.Report) string {
	switch came := r.Added + r.Replaced; {
	case came > 0:
		return Count(came, "record", "records") + " restored"
	case r.Unchanged > 0:
		return "Everything in the backup was here already"
	}
	return "The backup was empty"
}

// snooze is how long a reminder that was put off stays away.
const snooze = 7 * 24 * time.Hour

func laterText(ms int64) string { return strconv.FormatInt(ms, 10) }

// remind reports whether to remind of a backup: the browser may delete what it
// keeps here, and records came or changed since the last one. later is what is kept
// of a reminder that was put off.
func remind(persisted bool, state store.BackupState, later string, now int64) bool {
	if persisted || !state.Changed {
		return false
	}
	since, err := strconv.ParseInt(later, 10, 64)
	away := time.Duration(now-since) * time.Millisecond
	return err != nil || away < 0 || away >= snooze // a clock set back tells nothing
}
