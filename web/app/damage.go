package app

// damageWords says that some of what is stored does not open any more; lost is how
// many records that is, as far as is known.
func damageWords(lost int) string {
	what := "Some records can’t"
	if lost > 0 {
		what = Count(lost, "record", "records") + " can’t"
	}
	return what + " be opened any more: what this device has stored of them was altered or damaged. All others are whole. Add the missing ones again from where you had them."
}
