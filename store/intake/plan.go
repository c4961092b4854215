package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"github.com/keepwell-health/keepwell/store/intake/format"
)

// job is one file with the others that its decoder reads together with it.
type job struct {
	decoder *format.Decoder
	main    *format.Input
	others  []*format.Input
}

func (j job) size() int64 {
	total := j.main.Size
	for _, other := range j.others {
		total += other.Size
	}
	return total
}

// plan finds the decoder of each input and lets decoders gather the files that
// belong together. An input that nothing can read is reported here.
func (st *stage) plan(inputs []*format.Input) []job {
	found := make([]finding, len(inputs))
	gathered := map[*format.Input]bool{}
	var jobs []job
	for at, input := range inputs {
		found[at] = st.look(input)
		if decoder := found[at].decoder; decoder != nil && decoder.Gather != nil {
			others := decoder.Gather(input, inputs)
			jobs = append(jobs, job{decoder, input, others})
			gathered[input] = true
			for _, other := range others {
				gathered[other] = true
			}
		}
	}
	for at, input := range inputs {
		switch {
		case gathered[input]:
		case found[at].decoder != nil:
			jobs = append(jobs, job{decoder: found[at].decoder, main: input})
		default:
			st.refuse(input.Path, found[at].reason)
		}
	}
	return jobs
}

// finding is what a look at a file's first bytes tells.
type finding struct {
	decoder *format.Decoder
	reason  string // why the file can't be read, when decoder is nil
}

// look tells the format of an input. A gzip file becomes what it holds.
func (st *stage) look(input *format.Input) finding {
	head, err := peek(input)
	if err == nil && isGzip(head) {
		gunzipped(input)
		head, err = peek(input)
	}
	if err != nil {
		return finding{reason: reasonOf(err)}
	}
	if reason := readSigns(head); reason != "" {
		return finding{reason: reason}
	}
	for at := range decoders {
		if decoders[at].Sniff(input.Path, head) {
			return finding{decoder: &decoders[at]}
		}
	}
	if begins("<")(head) {
		return finding{reason: reasonXML}
	}
	return finding{reason: reasonUnknown}
}

// peek returns the first bytes of an input, at most format.HeadSize. A stream
// that breaks after some bytes is judged by those.
func peek(input *format.Input) ([]byte, error) {
	stream, err := input.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	head, err := io.ReadAll(io.LimitReader(stream, format.HeadSize))
	if len(head) > 0 {
		err = nil
	}
	return head, err
}

// isGzip tells a gzip member by its magic and method (RFC 1952 section 2.3.1).
func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

// gunzipped changes an input so that it yields what its gzip stream holds.
func gunzipped(input *format.Input) {
	packed, bound := input.Open, newBound(input.Size)
	input.ReaderAt = nil
	input.Open = func() (io.ReadCloser, error) {
		bound.reset()
		stream, err := packed()
		if err != nil {
			return nil, err
		}
		unpacker, err := gzip.NewReader(stream)
		if err != nil {
			stream.Close()
			return nil, damaged(err, 0)
		}
		return &unpacked{Reader: unpacker, closers: []io.Closer{unpacker, stream}, bound: bound}, nil
	}
}

// damaged gives an unpacker's error the reason that a person can read.
func damaged(err error, offset int64) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &format.Error{Reason: "the packed file is cut short", Offset: offset, Err: err}
	default:
		return &format.Error{Reason: "the packed file is damaged", Offset: offset, Err: errors.Join(format.ErrDamaged, err)}
	}
}
