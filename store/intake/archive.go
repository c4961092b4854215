package intake

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/keepwell-health/keepwell/store/intake/format"
	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// maxRatio and freeBytes bound what an archive or a gzip file may unpack to:
// 200 times its size, once it is past 64 MiB. Health records unpack to 10 to 50
// times their size; deflate can reach 1,032 (zlib's technical notes).
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

// open turns a file into the inputs it holds: itself, or the members of a zip
// archive. What can't be opened is reported.
func (st *stage) open(file File) []*format.Input {
	if isClutter(file.Name()) {
		return nil
	}
	content := newBlocks(file)
	head := make([]byte, 4)
	n, err := content.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		st.refuse(file.Name(), reasonOf(err))
		return nil
	}
	if n == 0 {
		st.refuse(file.Name(), reasonEmpty)
		return nil
	}
	if !isZip(head[:n]) {
		return []*format.Input{st.plain(file, content)}
	}
	archive, err := zipfile.Open(content, file.Size())
	if err != nil {
		st.refuse(file.Name(), "the zip archive is cut short or damaged: its directory can't be read")
		return nil
	}
	return st.members(file, content, archive)
}

func (st *stage) plain(file File, content io.ReaderAt) *format.Input {
	reached := new(int64)
	return &format.Input{
		Path: file.Name(), Size: file.Size(), ReaderAt: content,
		Open: func() (io.ReadCloser, error) {
			return st.watch(io.NopCloser(io.NewSectionReader(content, 0, file.Size())), reached), nil
		},
	}
}

// members returns the readable members of a zip archive (PKWARE APPNOTE 6.3.10).
func (st *stage) members(file File, content io.ReaderAt, archive []*zipfile.File) []*format.Input {
	bound := newBound(file.Size())
	var inputs []*format.Input
	for _, member := range archive {
		name := strings.ReplaceAll(member.Name, `\`, "/")
		if strings.HasSuffix(name, "/") || isClutter(name) {
			continue
		}
		full := file.Name() + "/" + strings.TrimLeft(name, "/")
		if reason := refuseMember(member, name); reason != "" {
			st.refuse(full, reason)
			continue
		}
		reached := new(int64)
		inputs = append(inputs, &format.Input{
			Path: full, Size: member.Size,
			Open: func() (io.ReadCloser, error) { return st.openMember(file, member, bound, reached) },
		})
	}
	if len(archive) == 0 {
		st.refuse(file.Name(), "the zip archive is empty")
	}
	return inputs
}

func (st *stage) openMember(file File, member *zipfile.File, bound *bound, reached *int64) (io.ReadCloser, error) {
	stream, err := openMember(file, member)
	if err != nil {
		return nil, damaged(err, 0)
	}
	return st.watch(&unpacked{Reader: stream, closers: []io.Closer{stream}, bound: bound}, reached), nil
}

// refuseMember says why a member is left out, or "". Nothing is ever written to
// a path, but a name that climbs out of its archive is no health record's.
func refuseMember(member *zipfile.File, name string) string {
	switch {
	case member.Encrypted:
		return "this is encrypted; unpack the archive with its password and bring what it holds"
	case member.Method != zipfile.Stored && member.Method != zipfile.Deflated:
		return "this is compressed in a way that can't be opened here; unpack the archive and bring what it holds"
	case member.Size == 0:
		return reasonEmpty
	case strings.HasPrefix(name, "/") || strings.ContainsRune(name, 0) || climbs(name) || hasDrive(name):
		return "the path of this member leads out of its archive"
	}
	return ""
}

func climbs(name string) bool {
	for segment := range strings.SplitSeq(name, "/") {
		if segment == ".." {
			return true
		}
	}
	return false
}

func hasDrive(name string) bool { return len(name) > 1 && name[1] == ':' }

// isClutter tells the files that systems leave beside a person's own.
func isClutter(name string) bool {
	switch base := path.Base(name); {
	case strings.HasPrefix(base, "."), base == "Thumbs.db", base == "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/")
}

// isZip tells an archive by the signature of its first record; an empty archive
// begins with its end record (APPNOTE 4.3.7, 4.3.16).
func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// bound counts what an archive has unpacked to.
type bound struct{ left, limit int64 }

func newBound(packed int64) *bound {
	limit := max(freeBytes, packed*maxRatio)
	return &bound{left: limit, limit: limit}
}

func (b *bound) reset() { b.left = b.limit }

// unpacked reads what an unpacker yields, within the archive's bound.
type unpacked struct {
	io.Reader
	closers []io.Closer
	bound   *bound
	at      int64 // bytes read
}

func (u *unpacked) Read(b []byte) (int, error) {
	if u.bound.left <= 0 {
		return 0, &format.Error{Reason: format.ErrBomb.Error(), Offset: u.at, Err: format.ErrBomb}
	}
	if int64(len(b)) > u.bound.left {
		b = b[:u.bound.left]
	}
	n, err := u.Reader.Read(b)
	u.bound.left -= int64(n)
	u.at += int64(n)
	if err != nil && err != io.EOF {
		err = damaged(err, u.at)
	}
	return n, err
}

func (u *unpacked) Close() error {
	var err error
	for _, closer := range u.closers {
		err = errors.Join(err, closer.Close())
	}
	return err
}
