//go:build js && wasm

package app

import (
	"context"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// export({passphrase | plain: true, onProgress, signal}) -> Blob
func (a *app) offerExport(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	var asked protocol.ExportParams
	if err := json.Unmarshal(arguments.JSON(0), &asked); err != nil {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "export takes {passphrase} or {plain: true}")}
	}
	file, _, err := a.export(ctx, asked, arguments.Callback(0, "onProgress"))
	return dom.Reply{File: file}, publicly(err)
}

// restore(blob, {passphrase, mode: "merge" | "replace", onProgress, signal}) -> Report
func (a *app) offerRestore(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	files := arguments.Files(0)
	asked := protocol.RestoreParams{Mode: backup.Merge}
	if err := json.Unmarshal(arguments.JSON(1), &asked); err != nil || len(files) != 1 {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "restore takes a Blob and {passphrase, mode}")}
	}
	report, err := a.restore(ctx, files[0], asked, arguments.Callback(1, "onProgress"))
	if err != nil {
		return dom.Reply{}, public{err}
	}
	result, err := json.Marshal(report)
	return dom.Reply{JSON: result}, err
}

// export asks the engine for a file.
func (a *app) export(ctx context.Context, params protocol.ExportParams, progress func(json.RawMessage)) (protocol.File, protocol.ExportResult, error) {
	var result protocol.ExportResult
	var files []protocol.File
	_, err := a.client.Do(ctx, protocol.Exchange{
		Method: protocol.MethodExport, Params: params, Result: &result, Received: &files, Progress: progress,
	})
	if err == nil && len(files) != 1 {
		err = store.Errorf(store.CodeUnknown, "the export came without its file")
	}
	if err != nil {
		return nil, result, err
	}
	return files[0], result, nil
}

// restore has the engine take a backup in.
func (a *app) restore(ctx context.Context, file protocol.File, params protocol.RestoreParams, progress func(json.RawMessage)) (backup.Report, error) {
	var report backup.Report
	_, err := a.client.Do(ctx, protocol.Exchange{
		Method: protocol.MethodRestore, Params: params, Files: []protocol.File{file}, Result: &report, Progress: progress,
	})
	return report, err
}
