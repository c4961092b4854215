package fhir

import "testing"

// TestShapesTellSomething checks the tables of what tells releases apart: a
// shape that all releases have, or none, is a slip of the pen.
func TestShapesTellSomething(t *testing.T) {
	for name, e := range recipes {
		if e.recipe.exists == 0 {
			t.Errorf("%s is of no release", name)
		}
		for _, s := range e.recipe.shapes {
			if s.releases == setAll || s.releases == 0 || s.releases&e.recipe.exists == e.recipe.exists {
				t.Errorf("%s.%s tells nothing", name, s.path.name)
			}
			if s.releases&^e.recipe.exists != 0 {
				t.Errorf("%s.%s names releases that do not have the type", name, s.path.name)
			}
		}
	}
}

// TestPathsAreFound checks that the index of members finds what it holds, and
// nothing else.
func TestPathsAreFound(t *testing.T) {
	var m members
	for i, key := range []string{"", "a", "id", "status", "statut", "status"} {
		m.add([]byte(key), i)
	}
	for key, want := range map[string]int{"": 0, "a": 1, "id": 2, "status": 3, "statut": 4} {
		if got, ok := m.find(parsePath(key)); !ok || got != want {
			t.Errorf("%q: %d, %v", key, got, ok)
		}
	}
	for _, key := range []string{"b", "di", "statu", "stbtus"} {
		if _, ok := m.find(parsePath(key)); ok {
			t.Errorf("%q is found", key)
		}
	}
	if m.reset(); len(m.list) != 0 || m.bits != 0 {
		t.Error("reset leaves something")
	}
}
