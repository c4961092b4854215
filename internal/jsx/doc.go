// Package jsx is the small typed layer over syscall/js that the rooms touching
// the browser share: promises, exceptions, bytes, listeners, ports and blobs.
//
// Its rules: only js.Error is recovered, every other panic is a fault of the
// program and goes on; every callback sends into a buffered channel or starts a
// goroutine and never blocks, since the event loop waits for it; every js.Func
// is released. Nothing here retries or sleeps.
//
// All but Queue and the arithmetic of time zones exists only for js && wasm.
package jsx
