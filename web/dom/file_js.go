//go:build js && wasm

package dom

import (
	"context"
	"slices"
	"strings"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// named is a file under its path below what was picked or dropped, which its
// own name does not hold.
type named struct {
	*jsx.Blob
	path string
}

func (n named) Name() string { return n.path }

// namedFile takes hold of a File; an empty path leaves it what it says itself.
func namedFile(value js.Value, path string) protocol.File {
	blob := jsx.NewBlob(context.Background(), value)
	if path == "" {
		return blob
	}
	return named{blob, path}
}

// FilePicker is a button that lets the person choose files, or a whole folder.
type FilePicker struct {
	*Element
	input *Element
}

// NewFilePicker makes the button; picked is called with what was chosen.
func NewFilePicker(folder bool, picked func([]protocol.File), parts ...Part) *FilePicker {
	picker := &FilePicker{}
	picker.input = New("input", Attribute("type", "file"), Attribute("multiple", ""), Hidden())
	if folder {
		picker.input.SetAttribute("webkitdirectory", "")
	}
	picker.input.Add(On(Change, func(Event) {
		files := listFiles(picker.input.node.Get("files"))
		// Choosing the same files again must be a change again.
		picker.input.node.Set("value", "")
		if len(files) > 0 {
			picked(files)
		}
	}))
	picker.Element = Button(OnClick(picker.input.Press), Parts(parts...))
	return picker
}

// Input is the hidden input, which stands beside the button.
func (p *FilePicker) Input() *Element { return p.input }

func listFiles(list js.Value) []protocol.File {
	files := make([]protocol.File, 0, list.Length())
	for i := range list.Length() {
		files = append(files, namedFile(list.Index(i), ""))
	}
	return tidy(files)
}

// tidy leaves out what file managers add to folders by themselves and orders
// the rest by path.
func tidy(files []protocol.File) []protocol.File {
	files = slices.DeleteFunc(files, func(f protocol.File) bool { return isClutter(f.Name()) })
	slices.SortStableFunc(files, func(a, b protocol.File) int { return strings.Compare(a.Name(), b.Name()) })
	return files
}

// DropZone takes files and folders dropped anywhere on the window. over is
// called as they come over it and leave; dropped with what was let go. It
// works until remove is called.
func DropZone(over func(bool), dropped func([]protocol.File)) (remove func()) {
	depth := 0 // dragenter and dragleave come for each element passed
	enter := func(delta int) {
		depth = max(0, depth+delta)
		over(depth > 0)
	}
	removes := []func(){
		OnDocument(DragEnter, func(e Event) {
			if e.carriesFiles() {
				e.Prevent()
				enter(1)
			}
		}),
		OnDocument(DragLeave, func(e Event) {
			if e.carriesFiles() {
				enter(-1)
			}
		}),
		OnDocument(DragOver, func(e Event) {
			if e.carriesFiles() {
				e.Prevent()
			}
		}),
		OnDocument(Drop, func(e Event) {
			if !e.carriesFiles() {
				return
			}
			// Without this the browser would leave the page to show the file.
			e.Prevent()
			enter(-depth)
			takeDropped(e, dropped)
		}),
	}
	return func() {
		for _, remove := range removes {
			remove()
		}
	}
}

func (e Event) carriesFiles() bool {
	transfer := e.value.Get("dataTransfer")
	return transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool()
}

// takeDropped takes hold of every entry while the event lasts, since the list
// is empty after it (HTML section 6.11.3), and walks them afterwards.
func takeDropped(e Event, dropped func([]protocol.File)) {
	transfer := e.value.Get("dataTransfer")
	items := transfer.Get("items")
	var entries []js.Value
	for i := range items.Length() {
		if entry := items.Index(i).Call("webkitGetAsEntry"); entry.Truthy() {
			entries = append(entries, entry)
		}
	}
	if len(entries) == 0 {
		if files := listFiles(transfer.Get("files")); len(files) > 0 {
			dropped(files)
		}
		return
	}
	go func() {
		walk := &walker{}
		for _, entry := range entries {
			walk.visit(entry)
		}
		if files := tidy(walk.files); len(files) > 0 {
			dropped(files)
		}
	}()
}

// walker collects the files of dropped entries (File and Directory Entries API
// section 7). An entry that can't be read any more is passed over.
type walker struct{ files []protocol.File }

func (w *walker) visit(entry js.Value) {
	if entry.Get("isFile").Bool() {
		if value, ok := settle(func(done, failed js.Func) { entry.Call("file", done, failed) }); ok {
			path := strings.TrimPrefix(entry.Get("fullPath").String(), "/")
			w.files = append(w.files, namedFile(value, path))
		}
		return
	}
	reader := entry.Call("createReader")
	for {
		// Chromium gives at most 100 entries a call; an empty list is the end.
		batch, ok := settle(func(done, failed js.Func) { reader.Call("readEntries", done, failed) })
		if !ok || batch.Length() == 0 {
			return
		}
		for i := range batch.Length() {
			w.visit(batch.Index(i))
		}
	}
}

// settle waits for one of two callbacks.
func settle(start func(done, failed js.Func)) (value js.Value, ok bool) {
	type outcome struct {
		value js.Value
		ok    bool
	}
	settled := make(chan outcome, 1)
	callback := func(ok bool) js.Func {
		return js.FuncOf(func(_ js.Value, arguments []js.Value) any {
			settled <- outcome{arguments[0], ok}
			return nil
		})
	}
	done, failed := callback(true), callback(false)
	defer done.Release()
	defer failed.Release()
	start(done, failed)
	result := <-settled
	return result.value, result.ok
}
