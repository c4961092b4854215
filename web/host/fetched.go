package host

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"time"
)

// Fetched returns the site as client fetches it below base ("https://assets.local/"):
// at the edge the files lie behind a binding that speaks HTTP. What is not answered
// with 200 does not exist.
func Fetched(client *http.Client, base string) fs.FS {
	return fetched{client: client, base: base}
}

type fetched struct {
	client *http.Client
	base   string
}

func (f fetched) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	address := f.base + (&url.URL{Path: name}).EscapedPath()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return newFetchedFile(path.Base(name), response)
	}
	response.Body.Close()
	if response.StatusCode < http.StatusInternalServerError {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return nil, fmt.Errorf("the files answered with status %d", response.StatusCode)
}

// fetchedFile is a file that arrives, and what is known of it: its size in bytes.
type fetchedFile struct {
	io.ReadCloser
	name string
	size int64
}

// newFetchedFile reads the file whole only where the response doesn't say its length.
func newFetchedFile(name string, response *http.Response) (*fetchedFile, error) {
	if response.ContentLength > 0 {
		return &fetchedFile{ReadCloser: response.Body, name: name, size: response.ContentLength}, nil
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &fetchedFile{ReadCloser: io.NopCloser(bytes.NewReader(content)), name: name, size: int64(len(content))}, nil
}

// WriteTo implements io.WriterTo by that of the body: at the edge it hands the stream
// of the file to that of the response, so that no byte comes by here.
func (f *fetchedFile) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, f.ReadCloser) }

func (f *fetchedFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *fetchedFile) Name() string               { return f.name }
func (f *fetchedFile) Size() int64                { return f.size }
func (f *fetchedFile) Mode() fs.FileMode          { return 0o444 }
func (f *fetchedFile) ModTime() time.Time         { return time.Time{} }
func (f *fetchedFile) IsDir() bool                { return false }
func (f *fetchedFile) Sys() any                   { return nil }
