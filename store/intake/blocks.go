package intake

import (
	"io"
	"sync"
)

// blockSize is how much of a file is fetched at once. A read of a Blob costs a
// turn of the browser's event loop however short it is; 1 MiB makes that small.
const blockSize = 1 << 20

// maxBlocks is how many blocks of a file are kept: an archive is read at its
// directory, at a member's header and in the member at once.
const maxBlocks = 4

// blocks reads a file in blocks and keeps the last ones, so that the small reads
// of an unpacker or a scanner cost nothing. It is safe for use by several
// goroutines: what the browser inflates is read beside what the decoder reads.
type blocks struct {
	file File

	mu   sync.Mutex
	kept []*block // the one used last comes last
}

// block is a piece of the file that starts at a multiple of blockSize.
type block struct {
	start int64
	bytes []byte
}

func newBlocks(file File) *blocks { return &blocks{file: file} }

// ReadAt implements io.ReaderAt.
func (b *blocks) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= b.file.Size() {
		return 0, io.EOF
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	done := 0
	for done < len(p) {
		held, err := b.fetch(at)
		if err != nil {
			return done, err
		}
		n := copy(p[done:], held.bytes[at-held.start:])
		done += n
		at += int64(n)
		if at >= b.file.Size() && done < len(p) {
			return done, io.EOF
		}
	}
	return done, nil
}

// fetch returns the block that holds the byte at an offset inside the file.
func (b *blocks) fetch(at int64) (*block, error) {
	start := at - at%blockSize
	held := b.take(start)
	if held.start != start {
		size := min(blockSize, b.file.Size()-start)
		if int64(cap(held.bytes)) < size {
			held.bytes = make([]byte, size)
		}
		held.bytes, held.start = held.bytes[:size], -1
		n, err := b.file.ReadAt(held.bytes, start)
		if int64(n) < size {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF // the file is shorter than it said
			}
			return nil, err
		}
		held.start = start
	}
	b.kept = append(b.kept, held)
	return held, nil
}

// take takes the block at start out of those kept, or one to fill anew: a new
// one, or the one that was used longest ago.
func (b *blocks) take(start int64) *block {
	at := -1
	for i, held := range b.kept {
		if held.start == start {
			at = i
		}
	}
	if at < 0 {
		if len(b.kept) < maxBlocks {
			return &block{start: -1}
		}
		at = 0
	}
	held := b.kept[at]
	b.kept = append(b.kept[:at], b.kept[at+1:]...)
	return held
}
