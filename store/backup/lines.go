package backup

import (
	"bufio"
	"io"
)

// maxLine bounds a line, in bytes: more than a resource can have.
const maxLine = 128 << 20

// lineReader reads NDJSON. Every line ends with a line feed, the last one too.
type lineReader struct {
	from *bufio.Reader
	long []byte // a line that is longer than the buffer
	read int64  // bytes
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{from: bufio.NewReaderSize(r, 64<<10)}
}

// next returns a line without its line feed, valid until the next call, or io.EOF.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		piece, err := l.from.ReadSlice('\n')
		l.read += int64(len(piece))
		if err == nil && len(l.long) == 0 {
			return piece[:len(piece)-1], nil
		}
		l.long = append(l.long, piece...)
		switch {
		case err == nil:
			return l.long[:len(l.long)-1], nil
		case err == io.EOF && len(l.long) == 0:
			return nil, io.EOF
		case err == io.EOF || len(l.long) > maxLine:
			return nil, errMalformed
		case err != bufio.ErrBufferFull:
			return nil, errDamaged
		}
	}
}
