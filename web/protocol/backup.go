package protocol

import (
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
)

// ErrNoRoom is what a file ends with that the browser can't keep.
var ErrNoRoom error = store.Errorf(store.CodeQuotaExceeded, "the browser has no room for the file")

// Methods of the person's page for backups.
const (
	MethodExport        = "export"        // ExportParams -> ExportResult, 1 file; `progress` events
	MethodInspectBackup = "inspectBackup" // InspectParams + 1 file -> backup.Summary
	MethodRestore       = "restore"       // RestoreParams + 1 file -> backup.Report; `progress` events
	MethodBackupState   = "backupState"   // Empty -> store.BackupState
)

// ExportParams asks for a backup under a passphrase, or for the plain FHIR
// resources and documents, which anybody can read.
type ExportParams struct {
	Passphrase string `json:"passphrase,omitempty"`
	Plain      bool   `json:"plain,omitempty"`
}

// ExportResult describes the file that came beside it.
type ExportResult struct {
	Counts backup.Counts `json:"counts"`
	Size   int64         `json:"size"` // bytes
}

// InspectParams opens the backup that comes beside it.
type InspectParams struct {
	Passphrase string `json:"passphrase"`
}

// RestoreParams opens the backup that comes beside it and takes it in.
type RestoreParams struct {
	Passphrase string      `json:"passphrase"`
	Mode       backup.Mode `json:"mode"`
}

// BackupProgress tells how far an export or a restore is.
type BackupProgress struct {
	Request int64 `json:"request"`
	backup.Progress
}
