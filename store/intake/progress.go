package intake

import "io"

// progressStep is how many bytes are read between two calls of onProgress. It
// is counted in bytes, not in time, so that a run always tells the same steps.
const progressStep = 512 << 10

// progress counts what was read and tells it.
type progress struct {
	tell    func(Progress)
	phase   Phase
	file    string
	bytes   int64
	total   int64
	records int
	told    int64 // bytes at the last call of tell
}

func (p *progress) enter(phase Phase) {
	p.phase = phase
	p.now()
}

// read counts n bytes.
func (p *progress) read(n int64) {
	p.bytes += n
	if p.bytes-p.told >= progressStep {
		p.now()
	}
}

func (p *progress) now() {
	p.told = p.bytes
	if p.tell != nil {
		p.tell(Progress{File: p.file, Phase: p.phase, Bytes: p.bytes, TotalBytes: max(p.total, p.bytes), Records: p.records})
	}
}

// watch returns a stream that moves the progress and breaks when the import is
// stopped, so that a decoder notices within one read. reached is how far the
// file has been read: reading its beginning twice counts once, and looking at
// it before the reading does not count.
func (st *stage) watch(stream io.ReadCloser, reached *int64) io.ReadCloser {
	return &watched{ReadCloser: stream, stage: st, reached: reached}
}

type watched struct {
	io.ReadCloser
	stage   *stage
	reached *int64
	at      int64 // bytes read from this stream
}

func (w *watched) Read(b []byte) (int, error) {
	if err := w.stage.alive(); err != nil {
		return 0, err
	}
	n, err := w.ReadCloser.Read(b)
	w.at += int64(n)
	if w.stage.progress.phase == PhaseReading && w.at > *w.reached {
		w.stage.progress.read(w.at - *w.reached)
		*w.reached = w.at
	}
	return n, err
}
