package app

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func TestEveryTypeHasAnIconOfItsKind(t *testing.T) {
	for _, row := range store.Catalogue() {
		_, own := recordIcons[row.ID]
		_, group := groupIcons[row.Group]
		if len(iconOf(row)) == 0 {
			t.Errorf("%s has no icon at all", row.ID)
		}
		if row.Kind == store.KindClinical && !own {
			t.Errorf("the clinical type %s has no icon", row.ID)
		}
		if row.Kind != store.KindClinical && row.Kind != store.KindOther && row.Kind != store.KindDocument && !group {
			t.Errorf("%s: the heading %q has no icon", row.ID, row.Group)
		}
	}
}
