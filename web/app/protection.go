package app

import (
	"strconv"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/web/protocol"
)

// defaultIdle is when records lock unless the person chose otherwise, in minutes.
const defaultIdle = 15

// idleChoices are the times that a person may choose, in minutes; 0 is never.
var idleChoices = []int{1, 5, 15, 60, 0}

// idleOf reads the kept choice. 0 is never.
func idleOf(kept string) time.Duration {
	minutes, err := strconv.Atoi(kept)
	if err != nil {
		minutes = defaultIdle
	}
	for _, choice := range idleChoices {
		if choice == minutes {
			return time.Duration(minutes) * time.Minute
		}
	}
	return defaultIdle * time.Minute
}

func idleText(minutes int) string { return strconv.Itoa(minutes) }

// idleWords says a choice.
func idleWords(minutes int) string {
	if minutes == 0 {
		return "Never, as long as the tab is open"
	}
	return "After " + Count(minutes, "minute", "minutes")
}

// ofKind picks the methods of a kind.
func ofKind(methods []protocol.UnlockMethod, kind string) []protocol.UnlockMethod {
	var found []protocol.UnlockMethod
	for _, m := range methods {
		if m.Kind == kind {
			found = append(found, m)
		}
	}
	return found
}

// methodTitle names a way to unlock.
func methodTitle(kind string) string {
	switch kind {
	case protocol.KindPassphrase:
		return "Passphrase"
	case protocol.KindRecovery:
		return "Recovery code"
	case protocol.KindPasskey:
		return "Passkey"
	case protocol.KindDevice:
		return "This browser"
	}
	return "A way of another version"
}

// methodNote says when a method was set, and how costly a passphrase is to guess.
func methodNote(m protocol.UnlockMethod, zone Zone) string {
	note := "Set " + Day(m.Created, "", zone)
	if m.MemoryKiB > 0 {
		note += ". Each guess costs " + Number(int(m.MemoryKiB>>10)) + " MiB of memory and " +
			Count(int(m.Passes), "pass", "passes") + " over it (Argon2id)"
	}
	return note
}

// protection says, by the names of what protects the store, who could read it.
func protection(names string) string {
	var ways []string
	for _, name := range strings.Split(names, "+") {
		switch name {
		case protocol.KindDevice:
			return "Whoever has this device’s disk can read the records, because the browser keeps their key on the same disk."
		case protocol.KindPassphrase, protocol.KindPasskey:
			ways = append(ways, "your "+name)
		case protocol.KindRecovery:
			ways = append(ways, "your recovery code")
		default:
			return "What protects the records on this device is not known right now."
		}
	}
	if len(ways) == 1 {
		return "The records are encrypted, and only " + ways[0] + " opens them."
	}
	return "The records are encrypted, and only " + strings.Join(ways[:len(ways)-1], ", ") + " or " + ways[len(ways)-1] + " opens them."
}

// waitingWords says, while the records are locked, how many saves of sites wait.
func waitingWords(saves int) string {
	verb := " wait"
	if saves == 1 {
		verb = " waits"
	}
	return Count(saves, "save", "saves") + " from sites" + verb + " here, sealed. What a site may write goes in when you unlock."
}

// untakenWords says that some still do after unlocking.
func untakenWords(saves int) string {
	return Count(saves, "save", "saves") + " from sites while the records were locked could not be taken in yet"
}

// groupOf returns a group of a recovery code, by its number from 1.
func groupOf(code string, number int) string {
	groups := strings.Split(code, "-")
	if number < 1 || number > len(groups) {
		return ""
	}
	return groups[number-1]
}

// sameGroup compares a group as typed: in either case, O for 0, I and L for 1.
func sameGroup(typed, group string) bool {
	typed = strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	return typed == group
}

// strengthWords says what zxcvbn found of a passphrase: a score from 0 to 4 and the
// key of its warning.
func strengthWords(score int, warning string) string {
	verdicts := []string{
		"Guessed at once.", "Very easy to guess.", "Easy to guess for who has the disk.",
		"Fair: guessing it takes a lot of effort.", "Strong: hard to guess, even for who has the disk.",
	}
	words := verdicts[min(max(score, 0), len(verdicts)-1)]
	if score >= 3 {
		return words
	}
	switch warning {
	case "topTen", "topHundred", "common", "similarToCommon":
		return words + " It is like passwords that many people use."
	case "straightRow", "keyPattern", "simpleRepeat", "extendedRepeat", "sequences":
		return words + " Patterns are tried first."
	case "recentYears", "dates":
		return words + " Dates are tried first."
	case "wordByItself", "namesByThemselves", "commonNames", "userInputs", "pwned":
		return words + " Words and names by themselves are tried first."
	}
	return words + " Add a word or two."
}

// passphraseCost is what Argon2id costs on a device with so much memory, in GiB; 0
// is not known. It is the second recommended option of RFC 9106 section 4, on one
// lane; a device that could not spare that gets OWASP's minimum.
func passphraseCost(memory float64) (kib, passes uint32) {
	if memory > 0 && memory < 1 {
		return 19 << 10, 2
	}
	return 64 << 10, 3
}

// cheaper reports whether guessing a passphrase costs less than a device with so
// much memory would have it cost.
func cheaper(m protocol.UnlockMethod, memory float64) bool {
	kib, passes := passphraseCost(memory)
	return m.MemoryKiB <= kib && m.Passes <= passes && (m.MemoryKiB < kib || m.Passes < passes)
}
