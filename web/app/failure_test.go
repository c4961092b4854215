package app

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

func TestExplainIsPlain(t *testing.T) {
	for _, err := range []error{
		errors.New("undefined is not a function"),
		fmt.Errorf("%w (counts)", protocol.ErrPortClosed),
		store.Errorf(store.CodeQuotaExceeded, "no room left on this device"),
		store.Errorf(store.CodeInvalidArgument, "limit must not be negative"),
	} {
		text := explain(err)
		if !regexp.MustCompile(`^[A-Z].*\.$`).MatchString(text) {
			t.Errorf("explain(%v) = %q, which is no sentence", err, text)
		}
		if regexp.MustCompile(`undefined|quotaExceeded|port`).MatchString(text) {
			t.Errorf("explain(%v) = %q, which is no plain word", err, text)
		}
	}
}

// Every article that an error names must stand in the static page.
func TestArticlesAreThere(t *testing.T) {
	page, err := os.ReadFile("../../index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range []error{
		store.Errorf(store.CodeHealthDataUnavailable, ""), store.Errorf(store.CodeQuotaExceeded, ""),
		store.Errorf(store.CodeCorruptStore, ""), protocol.ErrPortClosed,
	} {
		id := article(failure)
		if id == "" || !regexp.MustCompile(`id="`+id+`"`).Match(page) {
			t.Errorf("%v: index.html has no article %q", failure, id)
		}
	}
	if id := article(store.Errorf(store.CodeInvalidArgument, "")); id != "" {
		t.Errorf("an ordinary error ends the page with %q", id)
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "no resourceType": "No resourceType.", "Done.": "Done.", "über": "Über.", "why?": "Why?",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}
