package protocol

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// The engine writes the envelope of a result in exactly this way, so that a
// client finds the result, which may be megabytes, without parsing it.
const (
	envelopeID     = `{"id":`
	envelopeResult = `,"result":`
)

// Our clients write the envelope of a request in exactly this way.
const (
	envelopeMethod = `,"method":"`
	envelopeParams = `","params":`
)

// AppendResult appends the Response that carries result, which must be JSON.
func AppendResult(dst []byte, id int64, result []byte) []byte {
	dst = AppendResultStart(dst, id)
	dst = append(dst, result...)
	return AppendResultEnd(dst)
}

// AppendResultStart appends a Response up to where its result begins.
func AppendResultStart(dst []byte, id int64) []byte {
	dst = append(dst, envelopeID...)
	dst = strconv.AppendInt(dst, id, 10)
	return append(dst, envelopeResult...)
}

// AppendResultEnd appends what follows the result.
func AppendResultEnd(dst []byte) []byte { return append(dst, '}') }

// readResult undoes AppendResult without looking into the result; ok is false
// for every message of another shape.
func readResult(message []byte) (r Response, ok bool) {
	id, rest, ok := cutID(message)
	if !ok {
		return Response{}, false
	}
	result, ok := bytes.CutPrefix(rest, []byte(envelopeResult))
	if !ok || len(result) < 2 || result[len(result)-1] != '}' {
		return Response{}, false
	}
	return Response{ID: id, Result: result[:len(result)-1]}, true
}

// ReadRequest reads a request as our clients write it, params unread, in a fraction
// of the time that decoding takes; ok is false for every message of another shape,
// right or wrong.
func ReadRequest(message []byte) (r Request, ok bool) {
	id, rest, ok := cutID(message)
	if !ok || message[len(envelopeID)] == '0' {
		return Request{}, false
	}
	rest, ok = bytes.CutPrefix(rest, []byte(envelopeMethod))
	if !ok {
		return Request{}, false
	}
	name, params, ok := bytes.Cut(rest, []byte(envelopeParams))
	if !ok || !isName(name) {
		return Request{}, false
	}
	params, ok = bytes.CutSuffix(params, []byte("}"))
	if !ok || !json.Valid(params) {
		return Request{}, false
	}
	return Request{ID: id, Method: string(name), Params: params}, true
}

// isName tells whether text consists of ASCII letters, as methods do.
func isName(text []byte) bool {
	for _, c := range text {
		if c|0x20 < 'a' || 'z' < c|0x20 {
			return false
		}
	}
	return true
}

// LeadingID returns the ID of a message that begins with it, as those of our
// clients do, without reading the rest; 0 for every other message.
func LeadingID(message []byte) int64 {
	id, _, _ := cutID(message)
	return id
}

func cutID(message []byte) (id int64, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(message, []byte(envelopeID))
	if !ok {
		return 0, nil, false
	}
	digits := 0
	for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
		digits++
	}
	id, err := strconv.ParseInt(string(rest[:digits]), 10, 64)
	return id, rest[digits:], err == nil
}
