// Package app is the person's page: what it shows is worked out in pure Go and
// tested natively, and built with web/dom in the browser.
//
// Neither an address nor a title ever says anything of a record: browsers keep
// both on disk, and so do their session files with history.state. The history
// therefore holds numbers only, and what a number stands for is known to the
// running page alone (Trail).
package app
