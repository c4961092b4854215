package engine

import "github.com/keepwell-health/keepwell/store"

// limits bound what one port can make the engine hold or do.
type limits struct {
	message  int  // bytes of a message's JSON
	depth    int  // nested objects and arrays in it
	inFlight int  // requests under way
	attached int  // portals that a page serves at once
	observed int  // observers of a portal
	watching int  // bytes of what one of them asks for, which stays in memory
	samples  int  // of one result; 0 is no bound
	result   int  // bytes of a result's JSON
	beside   bool // files, ports and buffers may come beside the JSON
}

// A page is our own code, so its bounds only catch mistakes. A portal's message
// is at most a save of a few thousand samples; 32 requests are more than any
// page has reason to have under way; 256 observers are one for each type; 64 MiB of JSON is about 150,000 samples,
// which a portal can ask for in pages: more are not even gathered.
var (
	personLimits = limits{message: 16 << 20, depth: 64, inFlight: 1024, attached: 8, beside: true, result: 512 << 20}
	appLimits    = limits{message: 1 << 20, depth: 64, inFlight: 32, observed: 256, watching: 16 << 10, samples: 150_000, result: 64 << 20}
)

// maxReads is how many requests of portals gather results at once; others wait. There
// is one processor to gather them, so that more would take memory and no less time.
const maxReads = 4

// Longest texts that a portal may introduce itself with, in bytes: a sheet shows
// them whole.
const (
	maxAppName  = 200
	maxAppText  = 2000
	maxRequests = 500 // types in one authorization request; the catalogue has fewer
)

func tooMuch(rule string) error { return store.Errorf(store.CodeDataSizeExceeded, "%s", rule) }

func invalid(format string, args ...any) error {
	return store.Errorf(store.CodeInvalidArgument, format, args...)
}

// checkDepth refuses JSON nested deeper than depth before anything recursive
// reads it. It need not be valid JSON: the decoder sees to that.
func checkDepth(text []byte, depth int) error {
	level := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '{', '[':
			level++
			if level > depth {
				return tooMuch("the message is nested too deeply")
			}
		case '}', ']':
			level--
		}
	}
	return nil
}

// endOfString returns the index of the quote that closes the string that opens
// at text[start], or the end of text.
func endOfString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}
