package intake

import "io"

// blockSize is how much of a file is fetched at once. A read of a Blob costs a
// turn of the browser's event loop however short it is; 1 MiB makes that small.
const blockSize = 1 << 20

// blocks reads a file in blocks and keeps the last one, so that the small reads
// of an unpacker or a scanner cost nothing.
type blocks struct {
	file  File
	block []byte
	start int64 // of block in the file
}

func newBlocks(file File) *blocks { return &blocks{file: file, start: -1} }

// ReadAt implements io.ReaderAt. It is not safe for use by several goroutines.
func (b *blocks) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= b.file.Size() {
		return 0, io.EOF
	}
	done := 0
	for done < len(p) {
		if err := b.fetch(at); err != nil {
			return done, err
		}
		n := copy(p[done:], b.block[at-b.start:])
		done += n
		at += int64(n)
		if at >= b.file.Size() && done < len(p) {
			return done, io.EOF
		}
	}
	return done, nil
}

// fetch makes b.block hold the byte at an offset inside the file.
func (b *blocks) fetch(at int64) error {
	start := at - at%blockSize
	if start == b.start && at < start+int64(len(b.block)) {
		return nil
	}
	size := min(blockSize, b.file.Size()-start)
	if int64(cap(b.block)) < size {
		b.block = make([]byte, size)
	}
	b.block, b.start = b.block[:size], -1
	n, err := b.file.ReadAt(b.block, start)
	if int64(n) < size {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF // the file is shorter than it said
		}
		return err
	}
	b.start = start
	return nil
}
