//go:build js && wasm

package app

import (
	"context"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// offer puts the page's abilities on globalThis.keepwell and fires
// keepwell-ready on the window. What the engine answers goes to JSON.parse as
// it is.
func (a *app) offer() {
	dom.Surface{
		"import":   a.offerImport,
		"query":    a.offerQuery,
		"anchored": a.offerAnchored,
		"counts":   a.offerCounts,
		"resource": a.offerResource,
		"status":   a.offerStatus,
		"sources":  a.offerSources,
		"erase":    a.offerErase,
		"apps":     a.offerApps,
		"revoke":   a.offerRevoke,

		"setPassphrase": a.offerSetPassphrase,
		"lock":          a.offerLock,
		"unlock":        a.offerUnlock,
		"accessLog":     a.offerAccessLog,

		"export":  a.offerExport,
		"restore": a.offerRestore,

		"statistics":           a.offerStatistics,
		"statisticsCollection": a.offerStatisticsCollection,
		"sourceOrder":          a.offerSourceOrder,
		"setSourceOrder":       a.offerSetSourceOrder,
	}.Offer("keepwell", "keepwell-ready")
}

// public is an error as a program may see it: with its code, and a text that is
// safe to show.
type public struct{ error }

func (p public) Public() (code, text string) {
	wire := protocol.ToWire(p.error)
	return string(wire.Code), wire.Message
}

// ask calls the engine.
func (a *app) ask(ctx context.Context, method string, params json.RawMessage) (json.RawMessage, [][]byte, error) {
	result, buffers, err := a.client.CallRaw(ctx, method, params)
	if err != nil {
		return nil, nil, public{err}
	}
	return result, buffers, nil
}

// part returns one member of a result.
func part(result json.RawMessage, err error, name string) (dom.Reply, error) {
	if err != nil {
		return dom.Reply{}, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(result, &members); err != nil {
		return dom.Reply{}, public{err}
	}
	return dom.Reply{JSON: members[name]}, nil
}

// import(files, {onProgress, signal}) -> Report
func (a *app) offerImport(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	files := arguments.Files(0)
	if len(files) == 0 {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "import takes Files or Blobs")}
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name()
	}
	var report json.RawMessage
	_, err := a.client.Do(ctx, protocol.Exchange{
		Method: protocol.MethodImport, Params: protocol.ImportParams{Names: names},
		Files: files, Result: &report, Progress: arguments.Callback(1, "onProgress"),
	})
	if err != nil {
		return dom.Reply{}, public{err}
	}
	return dom.Reply{JSON: report}, nil
}

// query(q) -> {samples}
func (a *app) offerQuery(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodQuery, arguments.JSON(0))
	return dom.Reply{JSON: result}, err
}

// anchored({type, predicate, anchor, limit}) -> {samples, deleted, anchor, more}
func (a *app) offerAnchored(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodAnchored, arguments.JSON(0))
	return dom.Reply{JSON: result}, err
}

// counts() -> {type: n}
func (a *app) offerCounts(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodCounts, nil)
	return part(result, err, "counts")
}

// resource(uuid) -> Uint8Array
func (a *app) offerResource(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	params, err := json.Marshal(protocol.ResourceParams{UUID: arguments.Text(0)})
	if err != nil {
		return dom.Reply{}, public{err}
	}
	_, buffers, err := a.ask(ctx, protocol.MethodResource, params)
	if err != nil {
		return dom.Reply{}, err
	}
	if len(buffers) != 1 {
		return dom.Reply{}, public{store.Errorf(store.CodeUnknown, "the resource came without its bytes")}
	}
	return dom.Reply{Bytes: buffers[0]}, nil
}

// pageStatus is the engine's status with what the browser says of its storage.
type pageStatus struct {
	protocol.StatusResult
	Persisted bool  `json:"persisted"`
	Usage     int64 `json:"usage"` // bytes, rough; 0 where the browser doesn't say
	Quota     int64 `json:"quota"` // bytes, rough; 0 where the browser doesn't say
}

// status() -> {locked, protection, persisted, usage, quota, records}
func (a *app) offerStatus(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
	var status pageStatus
	if _, err := a.client.Call(ctx, protocol.MethodStatus, nil, &status.StatusResult); err != nil {
		return dom.Reply{}, public{err}
	}
	storage := dom.StorageState(ctx)
	status.Persisted, status.Usage, status.Quota = storage.Persisted, storage.Usage, storage.Quota
	result, err := json.Marshal(status)
	return dom.Reply{JSON: result}, err
}

// sources({type}) -> [source]
func (a *app) offerSources(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	var asked protocol.SourcesParams
	if err := json.Unmarshal(arguments.JSON(0), &asked); err != nil {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "sources takes {type}")}
	}
	params, err := json.Marshal(asked)
	if err != nil {
		return dom.Reply{}, public{err}
	}
	result, _, err := a.ask(ctx, protocol.MethodSources, params)
	return part(result, err, "sources")
}

// erase()
func (a *app) offerErase(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
	return dom.Reply{}, publicly(a.eraseAll(ctx))
}

// apps() -> [app]
func (a *app) offerApps(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodApps, nil)
	return part(result, err, "apps")
}

// revoke(origin, types?)
func (a *app) offerRevoke(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	asked := protocol.RevokeParams{Origin: arguments.Text(0)}
	if types := arguments.JSON(1); types != nil {
		if err := json.Unmarshal(types, &asked.Types); err != nil {
			return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "revoke takes an origin and an array of types")}
		}
		if len(asked.Types) == 0 {
			return dom.Reply{}, nil // none of the types is not all of them
		}
	}
	params, err := json.Marshal(asked)
	if err != nil {
		return dom.Reply{}, public{err}
	}
	_, _, err = a.ask(ctx, protocol.MethodRevoke, params)
	return dom.Reply{}, err
}

// setPassphrase(p): sets one, or another in its place
func (a *app) offerSetPassphrase(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	err := a.setPassphrase(ctx, arguments.Text(0))
	return dom.Reply{}, publicly(err)
}

// lock()
func (a *app) offerLock(context.Context, dom.Arguments) (dom.Reply, error) {
	ready, err := a.lock(true)
	return dom.Reply{Later: ready}, publicly(err)
}

// unlock({passphrase | recoveryCode | passkey: true})
func (a *app) offerUnlock(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	var asked struct {
		Passphrase, RecoveryCode string
		Passkey                  bool
	}
	if err := json.Unmarshal(arguments.JSON(0), &asked); err != nil {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "unlock takes {passphrase}, {recoveryCode} or {passkey: true}")}
	}
	secret := protocol.Secret{Passphrase: asked.Passphrase, RecoveryCode: asked.RecoveryCode}
	if asked.Passkey {
		output, err := a.askPasskey(ctx)
		if err != nil {
			return dom.Reply{}, publicly(err)
		}
		secret.Passkey = &output
	}
	return dom.Reply{}, publicly(a.unlock(ctx, secret))
}

// accessLog() -> [access]
func (a *app) offerAccessLog(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodAccessLog, nil)
	return part(result, err, "accesses")
}

// publicly makes an error one that a program may see.
func publicly(err error) error {
	if err == nil {
		return nil
	}
	return public{err}
}
