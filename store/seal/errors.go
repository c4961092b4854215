package seal

import "github.com/keepwell-health/keepwell/store"

// Sentinels; test with errors.Is. Their texts are safe to show.
var (
	// ErrLocked says that no unlock method has been used since the start or the
	// last Lock.
	ErrLocked error = store.Errorf(store.CodeDatabaseInaccessible, "the records are locked")
	// ErrWrongSecret says that a secret opens nothing. It is one error whatever
	// the cause, so that it gives no hint.
	ErrWrongSecret error = store.Errorf(store.CodeInvalidArgument, "this does not unlock the records")
	// ErrRecoveryTypo says that a recovery code was mistyped: no store has it.
	ErrRecoveryTypo error = store.Errorf(store.CodeInvalidArgument, "the recovery code has a typing mistake")
	// ErrKeyring says that the stored keyring is damaged, was altered, or is of a
	// newer version.
	ErrKeyring error = store.Errorf(store.CodeCorruptStore, "the stored keyring is damaged")
	// ErrNoMethod says that there is no unlock method of that identifier.
	ErrNoMethod error = store.Errorf(store.CodeInvalidArgument, "there is no such unlock method")
	// ErrLastMethod says that the only unlock method can't be removed.
	ErrLastMethod error = store.Errorf(store.CodeInvalidArgument, "the last unlock method can't be removed; set another one first")
	// ErrTooMany says that a store has as many unlock methods as it can hold.
	ErrTooMany error = store.Errorf(store.CodeInvalidArgument, "there are already %d unlock methods", maxMethods)
)
