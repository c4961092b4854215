package store

// SetDirectRows sets how many samples are looked at directly, until undo.
func SetDirectRows(rows int) (undo func()) {
	before := directRows
	directRows = rows
	return func() { directRows = before }
}
