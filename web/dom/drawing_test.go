package dom

import "testing"

func TestStrokePath(t *testing.T) {
	stroke := Stroke{Lines: [][]Spot{{{0, 1}, {2.25, 3.04}}, {{-1, 0}}, nil}}
	if got, want := stroke.path(), "M0.0 1.0L2.2 3.0M-1.0 0.0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Stroke{}).path(); got != "" {
		t.Errorf("no lines gave %q", got)
	}
}
