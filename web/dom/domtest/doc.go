// Package domtest lets tests of the pages run them in a browser: a stage to
// build on, looks, keys, and the turns of the event loop. It is for js only.
package domtest
