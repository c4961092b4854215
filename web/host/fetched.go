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
// at the edge the files lie behind a binding that speaks HTTP. Files are had whole;
// what is not answered with 200 does not exist.
func Fetched(client *http.Client, base string) fs.FS {
	return fetched{client: client, base: base}
}

type fetched struct {
	client *http.Client
	base   string
}

func (f fetched) Open(name string) (fs.File, error) {
	content, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &fetchedFile{Reader: *bytes.NewReader(content), name: path.Base(name)}, nil
}

// ReadFile implements fs.ReadFileFS.
func (f fetched) ReadFile(name string) ([]byte, error) {
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
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK:
		return io.ReadAll(response.Body)
	case response.StatusCode < http.StatusInternalServerError:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return nil, fmt.Errorf("the files answered with status %d", response.StatusCode)
}

// fetchedFile is a file in memory and what is known of it: its size.
type fetchedFile struct {
	bytes.Reader
	name string
}

func (f *fetchedFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *fetchedFile) Close() error               { return nil }
func (f *fetchedFile) Name() string               { return f.name }
func (f *fetchedFile) Mode() fs.FileMode          { return 0o444 }
func (f *fetchedFile) ModTime() time.Time         { return time.Time{} }
func (f *fetchedFile) IsDir() bool                { return false }
func (f *fetchedFile) Sys() any                   { return nil }
