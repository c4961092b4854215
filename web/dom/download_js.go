//go:build js && wasm

package dom

import (
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// downloadTime is how long a download keeps its address: the browser takes hold of
// the Blob while the click is handled, and a minute leaves room for one that asks
// where to save first.
const downloadTime = time.Minute

// downloads take back the addresses that were handed out.
var downloads []func()

// Download hands bytes to the browser to save. name is seen by whoever lists
// the person's downloads, so it never says anything of a record.
func Download(name, contentType string, data []byte) {
	save(name, js.Global().Get("Blob").New([]any{jsx.Uint8Array(data)}, map[string]any{"type": contentType}))
}

// DownloadFile hands a file to the browser to save, under a name as of Download.
func DownloadFile(name string, file protocol.File) error {
	blob, err := blobOf(file)
	if err == nil {
		save(name, blob)
	}
	return err
}

// ForgetDownloads takes back every address at once: what they stand for would stay
// in the browser's memory.
func ForgetDownloads() {
	for _, forget := range downloads {
		forget()
	}
	downloads = nil
}

func save(name string, blob js.Value) {
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	link := A(Attribute("download", name))
	link.node.Set("href", address)
	link.Press()
	forget := func() { js.Global().Get("URL").Call("revokeObjectURL", address) }
	downloads = append(downloads, forget)
	After(downloadTime, forget)
}
