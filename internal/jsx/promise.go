//go:build js && wasm

package jsx

import (
	"context"
	"syscall/js"
)

type settled struct {
	value js.Value
	err   error
}

// Await waits until the promise settles and returns its value, or its reason as
// an *Error. When ctx ends first it returns ctx's error at once; the promise
// goes on unheeded. A value that is not a promise settles at once.
func Await(ctx context.Context, promise js.Value) (js.Value, error) {
	done := make(chan settled, 1)
	var fulfil, reject js.Func
	release := func() { fulfil.Release(); reject.Release() }
	fulfil = js.FuncOf(func(_ js.Value, args []js.Value) any {
		release()
		done <- settled{value: first(args)}
		return nil
	})
	reject = js.FuncOf(func(_ js.Value, args []js.Value) any {
		release()
		done <- settled{err: AsError(first(args))}
		return nil
	})
	js.Global().Get("Promise").Call("resolve", promise).Call("then", fulfil, reject)
	select {
	case s := <-done:
		return s.value, s.err
	case <-ctx.Done():
		return js.Undefined(), ctx.Err()
	}
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// Promise runs f in a goroutine of its own and returns a promise of its result.
// An error of f rejects it with what NewError makes of it.
func Promise(f func() (any, error)) js.Value {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject := args[0], args[1]
		go func() {
			value, err := f()
			if err != nil {
				reject.Invoke(NewError(err))
				return
			}
			resolve.Invoke(value)
		}()
		return nil
	})
	// The executor runs before the constructor returns (ECMAScript section 27.2.3.1).
	defer executor.Release()
	return js.Global().Get("Promise").New(executor)
}
