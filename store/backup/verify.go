package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"strings"

	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// verifier reads every byte of a backup once and compares it with the manifest.
type verifier struct {
	*opened
	ctx     context.Context
	options Options
	seen    map[string]bool
	done    int64
	total   int64
	own     int // records and documents that have files of their own
}

func (o *opened) verify(ctx context.Context, options Options) error {
	v := &verifier{opened: o, ctx: ctx, options: options, seen: map[string]bool{manifestName: true}}
	for _, file := range o.members {
		v.total += file.Size
	}
	for _, file := range o.manifest.Files {
		if err := v.listed(file); err != nil {
			return err
		}
	}
	if len(v.seen) != len(o.members) {
		return errMembers
	}
	return v.counts()
}

// take returns the member that a manifest or an index names, once.
func (v *verifier) take(name string) (*zipfile.File, error) {
	member := v.members[name]
	if member == nil || v.seen[name] {
		return nil, errMembers
	}
	v.seen[name] = true
	return member, nil
}

func (v *verifier) listed(file File) error {
	check := &digest{verifier: v, sum: sha256.New()}
	member, err := v.take(file.Name)
	if err != nil {
		return err
	}
	if strings.HasSuffix(file.Name, indexSuffix) {
		err = v.index(member, check)
	} else {
		err = v.read(member, check)
	}
	if err != nil {
		return err
	}
	if !check.is(file) || strings.HasSuffix(file.Name, ".ndjson") && check.lines != file.Lines {
		return errHash
	}
	return nil
}

// read passes a member through a digest.
func (v *verifier) read(member *zipfile.File, check *digest) error {
	content, err := member.Open(v.inflate)
	if err != nil {
		return errDamaged
	}
	defer content.Close()
	if _, err = io.Copy(check, content); err != nil && v.ctx.Err() == nil {
		return errDamaged
	}
	return err
}

// index checks the files that an index names too.
func (v *verifier) index(member *zipfile.File, check *digest) error {
	content, err := member.Open(v.inflate)
	if err != nil {
		return errDamaged
	}
	defer content.Close()
	for lines := newLineReader(io.TeeReader(content, check)); ; {
		line, err := lines.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil && v.ctx.Err() != nil:
			return v.ctx.Err()
		case err != nil:
			return err
		case !bytes.HasPrefix(line, ownFile):
			continue
		}
		if err := v.ownFile(line); err != nil {
			return err
		}
	}
}

func (v *verifier) ownFile(line []byte) error {
	var named recordLine
	if json.Unmarshal(line, &named) != nil {
		return errMalformed
	}
	member, err := v.take(named.File)
	if err != nil {
		return err
	}
	v.own++
	check := &digest{verifier: v, sum: sha256.New()}
	if err := v.read(member, check); err != nil {
		return err
	}
	if !check.is(File{Bytes: named.Bytes, SHA256: named.SHA256}) {
		return errHash
	}
	return nil
}

// counts compares the numbers of lines with the manifest's counts.
func (v *verifier) counts() error {
	lines := map[string]int{} // by folder
	accesses := 0
	for _, file := range v.manifest.Files {
		folder, _, _ := strings.Cut(file.Name, "/")
		switch {
		case file.Name == accessLogName:
			accesses += file.Lines
		case strings.HasSuffix(file.Name, indexSuffix):
			lines["index"] += file.Lines
		default:
			lines[folder] += file.Lines
		}
	}
	counts := v.manifest.Counts
	records := counts.Records + counts.Documents
	if lines["fhir"]+v.own != records || lines["index"] != records || accesses != counts.Accesses {
		return errCounts
	}
	return nil
}

// digest sums up and counts what is written to it, reports progress, and ends with
// the context.
type digest struct {
	*verifier
	sum   hash.Hash
	bytes int64
	lines int
}

func (d *digest) Write(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	d.sum.Write(p)
	d.bytes += int64(len(p))
	d.lines += bytes.Count(p, []byte("\n"))
	d.done += int64(len(p))
	d.options.Progress(Progress{Phase: PhaseCheck, Done: d.done, Total: d.total})
	return len(p), nil
}

func (d *digest) is(file File) bool {
	return d.bytes == file.Bytes && hex.EncodeToString(d.sum.Sum(nil)) == file.SHA256
}
