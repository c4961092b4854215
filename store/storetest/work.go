//go:build !js

package storetest

import (
	"context"
	"runtime"
)

// otherWork waits for something that is not the Backend.
func otherWork(ctx context.Context) error {
	runtime.Gosched()
	return ctx.Err()
}
