package app

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// explain says an error in plain words: what happened, and what to do.
func explain(err error) string {
	var typed *store.Error
	if !errors.As(err, &typed) {
		if errors.Is(err, protocol.ErrPortClosed) {
			return "Keepwell has stopped. Reload the page to start again."
		}
		return "Something went wrong inside Keepwell. Reload the page; what is stored is as it was."
	}
	switch typed.Code {
	case store.CodeQuotaExceeded:
		return sentence(typed.Text) + " Free some space on this device and try again."
	case store.CodeDatabaseInaccessible:
		return "Your records are locked. Unlock them and try again."
	case store.CodeCorruptStore:
		return "Some of what is stored on this device was altered or damaged, and can’t be opened."
	case store.CodeHealthDataUnavailable:
		return "This browser can’t store records here. Open Keepwell in a normal window."
	case store.CodeUserCanceled:
		return "Stopped. Nothing of it was kept."
	case store.CodeNoData:
		return "This record is no longer there."
	}
	return sentence(typed.Text)
}

// article names the article of index.html that says why Keepwell can't run
// with this error, or "" when the pages can go on and say it themselves.
func article(err error) string {
	var typed *store.Error
	if !errors.As(err, &typed) {
		if errors.Is(err, protocol.ErrPortClosed) {
			return "failure-stopped"
		}
		return ""
	}
	switch typed.Code {
	case store.CodeHealthDataUnavailable:
		return "failure-storage"
	case store.CodeQuotaExceeded:
		return "failure-quota"
	case store.CodeCorruptStore:
		return "failure-corrupt"
	}
	return ""
}

// sentence makes a rule, as errors state it, a sentence.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.ContainsRune(".!?…", lastRune(text)) {
		text += "."
	}
	return text
}

func lastRune(text string) rune {
	last, _ := utf8.DecodeLastRuneInString(text)
	return last
}
