// Package protocol is the one language that the engine, the pages and the
// portals speak: requests, responses and events in JSON, with byte buffers,
// files and ports beside it. In JavaScript a message is the object
//
//	{json: string, buffers?: ArrayBuffer[], files?: File[], ports?: MessagePort[]}
//
// whose buffers and ports are transferred, not copied; a list that is empty may be
// left out. web/sdk/keepwell.mjs
// speaks the same protocol; change both together.
package protocol

import (
	"encoding/json"
	"io"

	"github.com/keepwell-health/keepwell/store"
)

// Message is one message on a Port.
type Message struct {
	JSON    []byte   // one Request, Response or Event
	Buffers [][]byte // bytes that the JSON speaks of, in its order
	Files   []File   // between the page and the engine only
	Ports   []Port   // from the page to the engine only
}

// File is something a person brought, or an export: a Blob in the browser, a file
// in tests.
type File interface {
	Name() string // its path below what was picked or dropped, with slashes
	Size() int64  // bytes
	io.ReaderAt
}

// Port is one end of a channel (HTML section 9.4.3, MessagePort). Messages
// arrive in the order sent.
type Port interface {
	Send(Message) error
	// Receive returns the channel of arriving messages; it is closed when the
	// port is closed.
	Receive() <-chan Message
	Close() error
}

// Limiter is a Port that can bound what it takes in before it copies it: texts
// to a length that shows that they were longer than limit, and nothing beside
// them but a sign that something was there. Limit comes before Receive.
type Limiter interface{ Limit(limit int) }

// Request asks for one thing; ID is chosen by the sender, from 1 up.
type Request struct {
	ID     int64           `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params,omitempty"`
}

// Response answers the request of the same ID: Result or Error.
type Response struct {
	ID     int64           `json:"id"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *Error          `json:"error,omitempty"`
}

// Error is a store.Error on the wire.
type Error struct {
	Code    store.Code `json:"code"`
	Message string     `json:"message"`
}

// Event tells something unasked.
type Event struct {
	Event  string          `json:"event"`
	Params json.RawMessage `json:"params,omitempty"`
}
