//go:build js && wasm

package dom

import (
	"slices"
	"strconv"
	"syscall/js"
)

// overscan is how many rows stand ready above and below the window, so that a
// fast scroll finds them drawn.
const overscan = 6

// Row is one row of a List. A few of them show any number of items, one after
// another.
type Row interface {
	// Item is the li of the row. All rows have one height, given by the style
	// sheet, and stand where the List puts them.
	Item() *Element
	// Link is what takes the focus and opens the item.
	Link() *Element
	// Show fills the row with the item of that index.
	Show(index int)
}

// List shows any number of rows of one height in a page that scrolls as if all
// of them were there, and is announced as such (ARIA 1.2, aria-setsize). The
// Tab key stops at it once; arrows, Page Up, Page Down, Home and End move in it.
type List struct {
	*Element
	newRow func() Row
	frame  Frame
	slots  []*slot // the rows on the page, in document order, which is that of their indexes
	spare  []*slot
	active int // the index that the Tab key stops at
}

type slot struct {
	row   Row
	index int
}

// NewList makes an empty list; newRow makes a row as one is needed. Draw must
// be called once it is on the page.
func NewList(newRow func() Row, parts ...Part) *List {
	list := &List{newRow: newRow, frame: Frame{Overscan: overscan}}
	list.Element = UL(Role("list"), On(KeyDown, list.key), On(FocusIn, list.focused), Parts(parts...))
	list.OnRelease(OnDocument(Scroll, func(Event) { list.Draw() }))
	list.OnRelease(OnWindow(Resize, func(Event) { list.Draw() }))
	return list
}

// SetCount says how many rows there are and draws those in view anew.
func (l *List) SetCount(count int) {
	l.frame.Count = count
	l.active = max(0, min(l.active, count-1))
	l.Refresh()
}

// Refresh shows every row in view anew, as after its item has arrived.
func (l *List) Refresh() {
	l.Draw()
	for _, s := range l.slots {
		l.show(s)
	}
}

// Window returns the rows [first, last) that are drawn.
func (l *List) Window() (first, last int) { return l.frame.Window(l.offset()) }

// Active is the index at which the Tab key stops.
func (l *List) Active() int { return l.active }

// Activate makes a row the one that the Tab key stops at. Browsers that give a
// link no focus when it is clicked (Safari) need to be told.
func (l *List) Activate(index int) {
	l.active = index
	for _, s := range l.slots {
		l.mark(s)
	}
}

// Reveal brings a row into view and makes it the one that the Tab key stops at.
func (l *List) Reveal(index int) {
	if index < 0 || index >= l.frame.Count {
		return
	}
	l.Activate(index)
	l.measure()
	offset := l.offset()
	if to := l.frame.Reveal(index, offset); to != offset {
		ScrollTo(ScrollOffset() + to - offset)
	}
	l.Draw()
}

// FocusActive gives the focus to the row that the Tab key stops at.
func (l *List) FocusActive() {
	if s := l.find(l.active); s != nil {
		s.row.Link().Focus(false)
	}
}

// Draw puts the rows in view in their places.
func (l *List) Draw() {
	l.measure()
	offset := l.offset()
	first, last := l.frame.Window(offset)
	l.SetStyle("height", pixels(l.frame.Height()))
	l.settleActive(first, last)
	wanted := l.wanted(first, last)
	l.arrange(l.recycle(wanted))
	for _, s := range l.slots {
		s.row.Item().SetStyle("top", pixels(l.frame.Top(s.index, offset)))
	}
}

// measure learns the height of a row from the first one: it follows the
// person's text size.
func (l *List) measure() {
	l.frame.ViewHeight = WindowHeight()
	l.frame.MaxHeight = MaxHeight(js.Global().Get("devicePixelRatio").Float())
	if len(l.slots) == 0 && l.frame.Count > 0 {
		l.arrange(l.recycle([]int{0}))
	}
	if len(l.slots) > 0 {
		l.frame.RowHeight = l.slots[0].row.Item().Box().Height
	}
}

func (l *List) offset() float64 { return -l.Box().Top }

// wanted lists the indexes to draw, ascending. The row that has the focus
// stays, wherever it has been scrolled to: the focus must not be lost or fall
// on another item.
func (l *List) wanted(first, last int) []int {
	indexes := make([]int, 0, last-first+1)
	held := l.held()
	if held >= 0 && held < first {
		indexes = append(indexes, held)
	}
	for index := first; index < last; index++ {
		indexes = append(indexes, index)
	}
	if held >= last {
		indexes = append(indexes, held)
	}
	return indexes
}

// held is the index of the row with the focus, or -1.
func (l *List) held() int {
	if s := l.find(l.active); s != nil && s.row.Link().Focused() {
		return l.active
	}
	return -1
}

// settleActive keeps one row in the order of the Tab key: when the active one
// was scrolled away without the focus, the first in view takes its place.
func (l *List) settleActive(first, last int) {
	if l.active >= first && l.active < last || l.held() >= 0 {
		return
	}
	inView := l.frame
	inView.Overscan = 0
	top, _ := inView.Window(l.offset())
	l.Activate(max(0, min(top, l.frame.Count-1)))
}

// recycle gives each wanted index a slot, ascending: its own when it has one,
// else one that is not wanted any more, else a new one.
func (l *List) recycle(wanted []int) []*slot {
	kept := make(map[int]*slot, len(wanted))
	var free []*slot
	for _, s := range l.slots {
		if slices.Contains(wanted, s.index) {
			kept[s.index] = s
		} else {
			free = append(free, s)
		}
	}
	free = append(free, l.spare...)
	order := make([]*slot, 0, len(wanted))
	for _, index := range wanted {
		s := kept[index]
		if s == nil {
			s, free = l.take(free)
			s.index = index
			l.show(s)
		}
		order = append(order, s)
	}
	l.spare = free
	return order
}

func (l *List) take(free []*slot) (*slot, []*slot) {
	if len(free) > 0 {
		return free[0], free[1:]
	}
	return &slot{row: l.newRow()}, nil
}

// arrange brings the document into the order of the slots, since a screen
// reader reads in that order. Around one slot that stays where it is the others
// are moved, as few as a scroll needs: to move the row with the focus would
// drop the focus.
func (l *List) arrange(order []*slot) {
	present := slices.DeleteFunc(slices.Clone(l.slots), func(s *slot) bool {
		gone := !slices.Contains(order, s)
		if gone {
			l.node.Call("removeChild", s.row.Item().node)
		}
		return gone
	})
	l.slots = order
	if len(order) == 0 {
		return
	}
	at := l.pivot(present)
	if !slices.Contains(present, order[at]) {
		present = l.move(present, order[at], nil)
	}
	for i := at + 1; i < len(order); i++ {
		if next := following(present, order[i-1]); next != order[i] {
			present = l.move(present, order[i], next)
		}
	}
	for i := at - 1; i >= 0; i-- {
		if following(present, order[i]) != order[i+1] {
			present = l.move(present, order[i], order[i+1])
		}
	}
}

// pivot is the place of the slot that is not moved: the one with the focus,
// else the first that is on the page already.
func (l *List) pivot(present []*slot) int {
	held := l.held()
	for i, s := range l.slots {
		if held == s.index || held < 0 && slices.Contains(present, s) {
			return i
		}
	}
	return 0
}

// following returns the slot after s, or nil.
func following(present []*slot, s *slot) *slot {
	if at := slices.Index(present, s); at >= 0 && at+1 < len(present) {
		return present[at+1]
	}
	return nil
}

// move puts a slot before another one, or at the end.
func (l *List) move(present []*slot, s, before *slot) []*slot {
	item := s.row.Item()
	if item.parent == nil {
		item.parent = l.Element
		l.children = append(l.children, item)
	}
	present = slices.DeleteFunc(present, func(other *slot) bool { return other == s })
	if before == nil {
		l.node.Call("appendChild", item.node)
		return append(present, s)
	}
	l.node.Call("insertBefore", item.node, before.row.Item().node)
	return slices.Insert(present, slices.Index(present, before), s)
}

func (l *List) show(s *slot) {
	item := s.row.Item()
	item.SetAttribute("aria-setsize", strconv.Itoa(l.frame.Count))
	item.SetAttribute("aria-posinset", strconv.Itoa(s.index+1))
	l.mark(s)
	s.row.Show(s.index)
}

func (l *List) mark(s *slot) {
	index := "-1"
	if s.index == l.active {
		index = "0"
	}
	s.row.Link().SetAttribute("tabindex", index)
}

func (l *List) find(index int) *slot {
	for _, s := range l.slots {
		if s.index == index {
			return s
		}
	}
	return nil
}

// focused notes which row the focus came to, by click or by Tab.
func (l *List) focused(Event) {
	for _, s := range l.slots {
		if s.index != l.active && s.row.Link().Focused() {
			l.Activate(s.index)
			return
		}
	}
}

func (l *List) key(event Event) {
	if event.Modified() || l.frame.Count == 0 {
		return
	}
	page := max(1, int(l.frame.ViewHeight/max(1, l.frame.RowHeight))-1)
	to := l.active
	switch event.Key() {
	case "ArrowDown":
		to++
	case "ArrowUp":
		to--
	case "PageDown":
		to += page
	case "PageUp":
		to -= page
	case "Home":
		to = 0
	case "End":
		to = l.frame.Count - 1
	default:
		return
	}
	event.Prevent()
	l.Reveal(max(0, min(to, l.frame.Count-1)))
	l.FocusActive()
}

func pixels(length float64) string { return strconv.FormatFloat(length, 'f', 2, 64) + "px" }
