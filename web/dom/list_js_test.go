//go:build js && wasm

package dom_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/dom/domtest"
)

const listStyle = `
	body { margin: 0; }
	ul { position: relative; margin: 0; padding: 0; list-style: none; }
	li { position: absolute; left: 0; right: 0; height: 72px; }
	a { display: block; height: 100%; }`

// testRow shows its index.
type testRow struct {
	item, link *dom.Element
	shown      int
}

func (r *testRow) Item() *dom.Element { return r.item }
func (r *testRow) Link() *dom.Element { return r.link }
func (r *testRow) Show(index int) {
	r.shown = index
	r.link.SetText("Row " + strconv.Itoa(index))
}

// stageList puts a list on the page and returns the rows that it made.
func stageList(t *testing.T, count int) (*dom.List, *[]*testRow) {
	t.Helper()
	domtest.Dress(t, listStyle)
	stage := domtest.Stage(t)
	rows := &[]*testRow{}
	list := dom.NewList(func() dom.Row {
		row := &testRow{link: dom.A(dom.Fragment("#/"))}
		row.item = dom.LI(row.link)
		*rows = append(*rows, row)
		return row
	})
	stage.Add(list)
	t.Cleanup(func() { dom.ScrollTo(0) })
	list.SetCount(count)
	return list, rows
}

// inView returns the rows on the page in document order.
func inView(list *dom.List) []string { return list.ChildTexts() }

func TestListOf100000Rows(t *testing.T) {
	list, rows := stageList(t, 100_000)
	if height := list.Box().Height; height != 7_200_000 {
		t.Errorf("the list is %v px high, want 7,200,000", height)
	}
	for _, offset := range []float64{0, 72, 720, 700, 3_600_000, 3_600_400, 3_599_000, 7_199_000, 0} {
		dom.ScrollTo(offset)
		domtest.Frame()
		first, last := list.Window()
		texts := inView(list)
		if len(texts) < last-first {
			t.Fatalf("at %v %d rows stand for [%d, %d)", offset, len(texts), first, last)
		}
		for i, text := range texts {
			if want := "Row " + strconv.Itoa(first+i); text != want {
				t.Fatalf("at %v the row %d in document order is %q, want %q", offset, i, text, want)
			}
		}
	}
	if len(*rows) > 60 {
		t.Errorf("%d rows were made", len(*rows))
	}
	for _, row := range *rows {
		if want := strconv.Itoa(row.shown + 1); row.item.Attribute("aria-posinset") != want || row.item.Attribute("aria-setsize") != "100000" {
			t.Errorf("row %d is announced as %s of %s", row.shown, row.item.Attribute("aria-posinset"), row.item.Attribute("aria-setsize"))
		}
	}
}

func TestListJumpsAreQuick(t *testing.T) {
	list, _ := stageList(t, 100_000)
	const jumps = 50
	start := time.Now()
	for i := range jumps {
		dom.ScrollTo(float64(i) * 140_000)
		list.Draw()
	}
	each := time.Since(start) / jumps
	t.Logf("a jump takes %v", each)
	if each > 50*time.Millisecond {
		t.Errorf("a jump takes %v, which a person feels", each)
	}
}

func focusedRow(rows []*testRow) int {
	for _, row := range rows {
		if row.link.Focused() {
			return row.shown
		}
	}
	return -1
}

func TestListByKeyboard(t *testing.T) {
	list, rows := stageList(t, 1000)
	stops := 0
	for _, row := range *rows {
		if row.link.Attribute("tabindex") == "0" {
			stops++
		}
	}
	if stops != 1 {
		t.Errorf("the Tab key stops at %d rows, want 1", stops)
	}
	list.FocusActive()
	for _, step := range []struct {
		key  string
		want int
	}{{"ArrowDown", 1}, {"ArrowDown", 2}, {"ArrowUp", 1}, {"End", 999}, {"ArrowDown", 999}, {"Home", 0}, {"ArrowUp", 0}} {
		domtest.Key(step.key)
		if got := focusedRow(*rows); got != step.want {
			t.Fatalf("%s led to row %d, want %d", step.key, got, step.want)
		}
		domtest.Frame()
		if got := focusedRow(*rows); got != step.want {
			t.Fatalf("after %s and a frame the focus is on row %d, want %d", step.key, got, step.want)
		}
	}
}

// Scrolling with the wheel must neither drop the focus nor move it to the item
// that its row would show next.
func TestListKeepsTheFocusedRow(t *testing.T) {
	list, rows := stageList(t, 1000)
	list.FocusActive()
	domtest.Key("ArrowDown")
	dom.ScrollTo(36_000)
	domtest.Frame()
	if got := focusedRow(*rows); got != 1 {
		t.Errorf("after scrolling away the focus is on row %d, want 1", got)
	}
	domtest.Key("ArrowDown")
	if got := focusedRow(*rows); got != 2 {
		t.Errorf("the next row is %d, want 2", got)
	}
}

func TestListOfFewAndNone(t *testing.T) {
	list, _ := stageList(t, 3)
	if got := len(inView(list)); got != 3 {
		t.Errorf("%d rows of 3", got)
	}
	list.SetCount(0)
	if got := len(inView(list)); got != 0 {
		t.Errorf("%d rows of none", got)
	}
	list.SetCount(2)
	if got := inView(list); len(got) != 2 || got[0] != "Row 0" {
		t.Errorf("after growing again: %q", got)
	}
}
