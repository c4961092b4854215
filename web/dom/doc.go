// Package dom builds the pages: a small typed layer over the browser's
// document, and the only one. Elements are made from parts, text goes in as
// text, and nothing is ever parsed from a string, so a record can't become
// markup and the pages run under Trusted Types.
//
// An Element owns its children and its listeners. Removing or replacing it
// gives back every callback beneath it, so that a page can be left and built
// again for hours without growing.
//
// Handlers run on the browser's event loop: they must not block. One that has
// to wait for the engine starts a goroutine.
//
// Everything here but the arithmetic of long lists (Frame) is for js only.
package dom
