// Package sdk holds what a portal loads: keepwell.mjs, which is written by hand
// and has no dependencies, and keepwell.d.ts, which is generated from the Go
// types that cross the port.
package sdk

//go:generate go run ./internal/declare
