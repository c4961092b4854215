// Package intaketest holds what the tests of all formats ask of a reader.
package intaketest

import (
	"runtime"
	"testing"
)

// Allocated returns how many bytes do allocates, those that it gives back at once
// included.
func Allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Modest holds that do, which reads so many bytes, takes at most four times as
// much memory and 64 MiB, as if all that it ever allocates were held at once.
func Modest(t testing.TB, size int, do func()) {
	t.Helper()
	if took := Allocated(do); took > uint64(4*size)+64<<20 {
		t.Errorf("%d bytes took %d MiB of memory", size, took>>20)
	}
}
