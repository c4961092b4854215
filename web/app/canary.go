package app

import (
	"encoding/hex"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store"
)

// canaryOf reads what was kept. What is not a canary says nothing.
func canaryOf(kept string) (canary store.Canary, ok bool) {
	if json.Unmarshal([]byte(kept), &canary) != nil || !isHex(canary.Store, 16) || !isHex(canary.Head, 32) || canary.Counter == 0 {
		return store.Canary{}, false
	}
	return canary, true
}

// isHex reports whether text is so many bytes in hexadecimal.
func isHex(text string, size int) bool {
	data, err := hex.DecodeString(text)
	return err == nil && len(data) == size
}

// setBack says what the browser did to the store; "" when it did nothing.
func setBack(integrity store.Integrity) (title, words string) {
	switch integrity {
	case store.IntegrityReset:
		return "Your records are gone from this browser",
			"There were records here. The browser, or a program that cleans up, has deleted what it kept, and what is here now is not them. " +
				"If you have a backup, you can bring them back. Until you have taken note, no site can read anything here."
	case store.IntegrityRolledBack:
		return "Your records are from an earlier time",
			"The browser has put back an older state of what it kept. What you added or changed since is missing, and a site may be allowed again what you took back. " +
				"If you have a backup, you can bring it in. Until you have taken note, no site can read anything here."
	}
	return "", ""
}
