package store

import "math"

// scope is what a client may see of one type.
type scope struct {
	own     string          // source of the objects that are seen in any case; "" for none
	read    bool            // other objects are seen, within the bounds below
	through uint64          // up to this sequence number
	since   int64           // that start at this time or later; ms since the Unix epoch
	objects map[uint64]bool // if not nil, only these sequence numbers
}

// everything is the person's scope.
var everything = scope{read: true, through: math.MaxUint64, since: math.MinInt64}

// sees reports whether an object is visible.
func (s *scope) sees(o object) bool { return s.seesAs(o.sequence, o) }

// seesAs reports whether the object of a sequence number is visible, given its
// row or its tombstone.
func (s *scope) seesAs(sequence uint64, o object) bool {
	if s.read && sequence <= s.through && o.start() >= s.since && (s.objects == nil || s.objects[sequence]) {
		return true
	}
	return s.own != "" && o.text(columnSourceID) == s.own
}

// seesAll reports whether every object is visible.
func (s *scope) seesAll() bool {
	return s.read && s.through == math.MaxUint64 && s.since == math.MinInt64 && s.objects == nil
}
