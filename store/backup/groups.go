package backup

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// groupReader reads the records of one group: the lines of its index, each with
// the next line of its resources or with a file of its own.
type groupReader struct {
	*restorer
	name    string
	index   *lineReader
	lines   *lineReader // of the resources; nil before the first
	closers []io.Closer

	next  recordLine
	bytes int // of next's line
	done  bool
}

// records takes in the records of every group by their positions: what an app was
// granted up to some record must not reach beyond it.
func (r *restorer) records() (err error) {
	var groups []*groupReader
	defer func() {
		for _, g := range groups {
			err = errors.Join(err, g.close())
		}
	}()
	for _, file := range r.manifest.Files {
		name, isIndex := strings.CutSuffix(file.Name, indexSuffix)
		if !isIndex {
			continue
		}
		g := &groupReader{restorer: r, name: name}
		groups = append(groups, g)
		if g.index, err = g.open(file.Name); err != nil {
			return err
		}
		if err := g.advance(); err != nil {
			return err
		}
	}
	for {
		g := first(groups)
		if g == nil {
			return nil
		}
		if err := g.take(); err != nil {
			return err
		}
		if err := g.advance(); err != nil {
			return err
		}
	}
}

// first returns the group whose next record comes first, or nil at the end.
func first(groups []*groupReader) *groupReader {
	var least *groupReader
	for _, g := range groups {
		if !g.done && (least == nil || g.next.Position < least.next.Position) {
			least = g
		}
	}
	return least
}

func (g *groupReader) open(name string) (*lineReader, error) {
	closer, lines, err := g.openLines(name)
	if err == nil {
		g.closers = append(g.closers, closer)
	}
	return lines, err
}

// advance reads the next line of the index.
func (g *groupReader) advance() error {
	text, err := g.index.next()
	if err == io.EOF {
		g.done = true
		return nil
	}
	if err != nil {
		return err
	}
	before := g.next.Position
	g.next, g.bytes = recordLine{}, len(text)
	if json.Unmarshal(text, &g.next) != nil || g.next.Position <= before {
		return errMalformed
	}
	return nil
}

// take takes in the next record.
func (g *groupReader) take() error {
	raw, err := g.raw()
	if err != nil {
		return err
	}
	if g.next.FHIR == nil {
		g.counts.Documents++
	} else {
		g.counts.Records++
	}
	_, err = g.into.RestoreRecord(g.ctx, g.next.Position, g.next.Sample, raw)
	g.progress(len(raw) + g.bytes)
	return err
}

// raw returns the bytes of the next record.
func (g *groupReader) raw() ([]byte, error) {
	if name := g.next.File; name != "" {
		return g.file(name)
	}
	if g.lines == nil {
		var err error
		if g.lines, err = g.open(g.name + ".ndjson"); err != nil {
			return nil, err
		}
	}
	raw, err := g.lines.next()
	if err == io.EOF {
		return nil, errCounts
	}
	return raw, err
}

func (g *groupReader) file(name string) ([]byte, error) {
	member := g.members[name]
	if member == nil {
		return nil, errMembers
	}
	if member.Size > maxLine {
		return nil, errBomb
	}
	return readAll(member, g.inflate)
}

func (g *groupReader) close() error {
	var err error
	for _, closer := range g.closers {
		err = errors.Join(err, closer.Close())
	}
	return err
}
