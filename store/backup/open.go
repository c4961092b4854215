package backup

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"strconv"
	"strings"

	"filippo.io/age"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// opened is a backup whose directory and manifest were read.
type opened struct {
	members  map[string]*zipfile.File
	manifest Manifest
	inflate  zipfile.Inflate
	source   *source
}

// ageArmor begins age files that are text.
const ageArmor = "-----BEGIN AGE ENCRYPTED FILE-----"

// checkHeader tells what is no backup, and what would take too much memory, before
// a key is made of the passphrase.
func checkHeader(src io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 256))
	if n, err := src.ReadAt(head, 0); n < len(head) {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte(ageArmor)):
		return errArmored
	case len(head) < len(Intro) && strings.HasPrefix(Intro, string(head)):
		return errDamaged
	case !bytes.HasPrefix(head, []byte(Intro)):
		return errNotBackup
	}
	stanza, _, whole := strings.Cut(string(head[len(Intro):]), "\n")
	if !whole {
		return errDamaged
	}
	fields := strings.Split(stanza, " ")
	if len(fields) != 4 || fields[0] != "->" || fields[1] != "scrypt" {
		return errOtherKey
	}
	if factor, err := strconv.Atoi(fields[3]); err != nil || factor < 1 || factor > maxWorkFactor {
		return errTooCostly
	}
	return nil
}

// open decrypts a backup as far as its directory and manifest.
func open(ctx context.Context, src io.ReaderAt, size int64, passphrase string, options Options) (*opened, error) {
	if passphrase == "" {
		return nil, errNoPassphrase
	}
	if err := checkHeader(src, size); err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	options.Progress(Progress{Phase: PhaseOpening})
	source := &source{ReaderAt: src}
	plain, plainSize, err := age.DecryptReaderAt(source, size, identity)
	reclaim()
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &noMatch):
		return nil, errPassphrase
	case err != nil:
		return nil, source.blame(errDamaged)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	o := &opened{inflate: buffered(options.Inflate), source: source}
	if err := o.readDirectory(plain, plainSize); err != nil {
		return nil, source.blame(err)
	}
	if err := o.readManifest(); err != nil {
		return nil, source.blame(err)
	}
	return o, nil
}

// reclaim collects what scrypt leaves behind, 128 MiB and more. Without it the
// collector would let as much again pile up before it looks, and a browser never
// takes back what wasm once had.
func reclaim() { runtime.GC() }

// source remembers what reading the file failed with, which is neither the
// passphrase's fault nor the backup's.
type source struct {
	io.ReaderAt
	failed error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF {
		s.failed = err
	}
	return n, err
}

func (s *source) blame(err error) error {
	if err != nil && s.failed != nil {
		return &store.Error{Code: store.CodeUnknown, Text: "the backup's file can't be read from this device", Err: s.failed}
	}
	return err
}

// readAhead is how much of a member is decrypted at once: a chunk of age, which is
// decrypted whole for each read of it.
const readAhead = 64 << 10

// buffered reads ahead, so that members that are read by turns do not decrypt the
// same chunk again and again.
func buffered(inflate zipfile.Inflate) zipfile.Inflate {
	if inflate == nil {
		inflate = func(packed io.Reader) io.ReadCloser { return flate.NewReader(packed) }
	}
	return func(packed io.Reader) io.ReadCloser { return inflate(bufio.NewReaderSize(packed, readAhead)) }
}

// Bounds of what an archive may unpack to: so many times its size, and in any case
// so much. Health records unpack to ten to fifty times their size.
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

func (o *opened) readDirectory(plain io.ReaderAt, size int64) error {
	files, err := zipfile.Open(plain, size)
	if errors.Is(err, zipfile.ErrFormat) || errors.Is(err, zipfile.ErrTooLarge) {
		return errNotBackup
	}
	if err != nil {
		return errDamaged
	}
	o.members = make(map[string]*zipfile.File, len(files))
	left := max(freeBytes, size*maxRatio)
	for _, file := range files {
		if o.members[file.Name] != nil || file.Encrypted {
			return errMembers
		}
		if left -= file.Size; left < 0 {
			return errBomb
		}
		o.members[file.Name] = file
	}
	return nil
}

// maxManifest bounds what is read whole, in bytes.
const maxManifest = 64 << 20

func (o *opened) readManifest() error {
	file := o.members[manifestName]
	if file == nil {
		return errNotBackup
	}
	text, err := o.whole(file)
	if err != nil {
		return err
	}
	var head struct {
		Format  string
		Version int
	}
	if json.Unmarshal(text, &head) != nil || head.Format != formatName {
		return errNotBackup
	}
	if head.Version > formatVersion {
		return errNewer
	}
	if json.Unmarshal(text, &o.manifest) != nil || head.Version != formatVersion {
		return errMalformed
	}
	return nil
}

// whole reads a member into memory.
func (o *opened) whole(file *zipfile.File) ([]byte, error) {
	if file.Size > maxManifest {
		return nil, errBomb
	}
	content, err := file.Open(o.inflate)
	if err != nil {
		return nil, errDamaged
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	if err != nil {
		return nil, errDamaged
	}
	return text, nil
}
