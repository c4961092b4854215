package dom

import (
	"path"
	"strings"
)

// isClutter tells what macOS and Windows put into folders and archives by
// themselves: it is nothing that the person meant to bring.
func isClutter(name string) bool {
	base := path.Base(name)
	return base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini" ||
		strings.HasPrefix(base, "._") || strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/")
}
