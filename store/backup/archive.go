package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// archive writes the members of an archive and their lines in the manifest.
type archive struct {
	ctx      context.Context
	zip      *zipfile.Writer
	manifest Manifest
	options  Options
	total    int64 // objects
	done     int64
}

// member is one file that is being written.
type member struct {
	archive *archive
	file    File
	sum     hash.Hash
	buffer  *bufio.Writer
}

func (a *archive) create(name string) (*member, error) {
	to, err := a.zip.Create(name)
	if err != nil {
		return nil, err
	}
	m := &member{archive: a, file: File{Name: name}, sum: sha256.New()}
	m.buffer = bufio.NewWriterSize(io.MultiWriter(to, m.sum), 64<<10)
	return m, nil
}

// write adds bytes.
func (m *member) write(b []byte) error {
	m.file.Bytes += int64(len(b))
	_, err := m.buffer.Write(b)
	return err
}

// line adds a line of NDJSON.
func (m *member) line(b []byte) error {
	m.file.Lines++
	m.file.Bytes++
	if err := m.write(b); err != nil {
		return err
	}
	return m.buffer.WriteByte('\n')
}

// close ends the file and lists it.
func (m *member) close() error {
	err := m.finish()
	m.archive.manifest.Files = append(m.archive.manifest.Files, m.file)
	return err
}

func (m *member) finish() error {
	err := m.buffer.Flush()
	m.file.SHA256 = hex.EncodeToString(m.sum.Sum(nil))
	return err
}

// whole writes a file in one go.
func (a *archive) whole(name string, content []byte) error {
	m, err := a.create(name)
	if err != nil {
		return err
	}
	if err := m.write(content); err != nil {
		return err
	}
	return m.close()
}

// value writes a file that is one JSON value.
func (a *archive) value(name string, value any) error {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return err
	}
	return a.whole(name, append(text, '\n'))
}

// count reports progress and the end of the context.
func (a *archive) count() error {
	if a.done++; a.done%256 == 0 || a.done == a.total {
		a.options.Progress(Progress{Phase: PhaseWriting, Done: a.done, Total: a.total})
		return a.ctx.Err()
	}
	return nil
}

// wrapped turns whatever went wrong into a *store.Error.
func wrapped(ctx context.Context, err error, doing string) error {
	if err == nil {
		return nil
	}
	var known *store.Error
	if errors.As(err, &known) {
		return known
	}
	if ctx.Err() != nil {
		return &store.Error{Code: store.CodeUserCanceled, Text: doing + " was stopped", Err: ctx.Err()}
	}
	return &store.Error{Code: store.CodeUnknown, Text: doing + " failed", Err: err}
}
