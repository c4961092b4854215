package applehealth

import (
	"path"
	"strings"

	"github.com/keepwell-health/keepwell/store/intake/format"
)

// files are the files beside export.xml, by their path from its folder.
type files struct {
	byPath map[string]*format.Input
	order  []*format.Input
	taken  map[*format.Input]bool
}

func newFiles(main *format.Input, others []*format.Input) *files {
	f := &files{byPath: map[string]*format.Input{}, order: others, taken: map[*format.Input]bool{}}
	root := path.Dir(main.Path)
	for _, other := range others {
		f.byPath[strings.TrimPrefix(strings.TrimPrefix(other.Path, root), "/")] = other
	}
	return f
}

// take returns the file at a path as export.xml writes it, from the export's
// root, and remembers that it was used; nil when there is none. A path can
// only name a file of the export.
func (f *files) take(name string) *format.Input {
	file := f.byPath[strings.TrimPrefix(path.Clean("/"+name), "/")]
	if file != nil {
		f.taken[file] = true
	}
	return file
}

// left returns the files that no element named, in the order they came.
func (f *files) left() []*format.Input {
	var left []*format.Input
	for _, file := range f.order {
		if !f.taken[file] {
			left = append(left, file)
		}
	}
	return left
}

// belongsTo reports whether other lies in the folder of main or below it.
func belongsTo(main, other *format.Input) bool {
	root := path.Dir(main.Path)
	return other != main && (root == "." || strings.HasPrefix(other.Path, root+"/"))
}
