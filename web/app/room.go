package app

const (
	// leastRoom is when space is short, in bytes: less than a large import takes.
	leastRoom = 100 << 20
	// leastShare is when it is short beside all that the browser gives: a twentieth.
	leastShare = 20
)

// short reports whether space runs low, of what the browser says: both in bytes, 0
// where it says nothing.
func short(usage, quota int64) bool {
	left := quota - usage
	return quota > 0 && (left < leastRoom || left < quota/leastShare)
}

// shortWords warns of it.
func shortWords(left int64) string {
	return "Space is running low: the browser leaves about " + Size(max(0, left)) + " for your records. Free some space on this device before you add more."
}
