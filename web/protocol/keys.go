package protocol

import "github.com/keepwell-health/keepwell/store"

// Methods of the person's page for the keys of the store.
const (
	MethodMethods         = "methods"         // Empty -> MethodsResult; while locked too
	MethodUnlock          = "unlock"          // Secret -> Empty
	MethodLock            = "lock"            // LockParams -> Empty
	MethodLeave           = "leave"           // Empty -> Empty; the page is about to end the engine
	MethodAddMethod       = "addMethod"       // AddMethodParams -> MethodsResult
	MethodRemoveMethod    = "removeMethod"    // RemoveMethodParams -> MethodsResult
	MethodNewRecoveryCode = "newRecoveryCode" // Empty -> RecoveryCodeResult
	MethodTouch           = "touch"           // TouchParams -> Empty
)

// MethodAccessLog lists what apps read and saved, for the person's page: Empty ->
// AccessLogResult.
const MethodAccessLog = "accessLog"

// Methods of the person's page that guard against a store that the browser reset
// or rolled back.
const (
	MethodCanary = "canary" // store.Canary -> Empty; what the page kept, before anything else is asked
	MethodAccept = "accept" // Empty -> Empty; the person goes on with the store as it is
)

// EventLeft tells a portal that the engine takes no more on this port: it is ended, to
// lock, and another begins. It carries Left.
const EventLeft = "left"

// Left names the request of the greatest ID that the engine took. Those after it were
// not done, and will not be.
type Left struct {
	Request int64 `json:"request"`
}

// EventCanary tells the person's page what to keep beside the store from now on:
// store.Canary.
const EventCanary = "canary"

// AccessLogResult holds what apps did, the newest first.
type AccessLogResult struct {
	Accesses []store.Access `json:"accesses"`
}

// EventLocked tells the person's page to start afresh: the engine found itself
// locked, by another tab or because time ran out while the page slept, or its
// storage gone. It carries Locked.
const EventLocked = "locked"

// Locked tells why the page must start afresh.
type Locked struct {
	Removed bool `json:"removed,omitempty"` // the browser's storage is gone
}

// Kinds of unlock methods, as UnlockMethod and StatusResult name them.
const (
	KindDevice     = "device"
	KindPassphrase = "passphrase"
	KindRecovery   = "recovery"
	KindPasskey    = "passkey"
)

// UnlockMethod is one way to unlock. Nothing of it is secret.
type UnlockMethod struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Created int64  `json:"created"` // ms since the Unix epoch

	MemoryKiB uint32 `json:"memoryKiB,omitempty"` // of a passphrase: Argon2id
	Passes    uint32 `json:"passes,omitempty"`

	Credential []byte `json:"credential,omitempty"` // of a passkey: what to ask for
	Input      []byte `json:"input,omitempty"`
}

// MethodsResult lists the unlock methods.
type MethodsResult struct {
	Locked  bool           `json:"locked"`
	Methods []UnlockMethod `json:"methods"`
}

// Secret is what unlocks: exactly one of its fields.
type Secret struct {
	Passphrase   string         `json:"passphrase,omitempty"`
	RecoveryCode string         `json:"recoveryCode,omitempty"`
	Passkey      *PasskeyOutput `json:"passkey,omitempty"`
}

// PasskeyOutput is what an authenticator computed (WebAuthn Level 3 section
// 10.1.4).
type PasskeyOutput struct {
	Credential []byte `json:"credential"` // PublicKeyCredential.rawId
	Input      []byte `json:"input"`      // prf.eval.first, 32 bytes
	Output     []byte `json:"output"`     // prf.results.first, 32 bytes
}

// AddMethodParams sets a further unlock method, or one in place of another.
type AddMethodParams struct {
	Secret
	Replaces string `json:"replaces,omitempty"` // id of the method that it takes the place of
	// The cost of a passphrase, where it is not the usual one: Argon2id.
	MemoryKiB uint32 `json:"memoryKiB,omitempty"`
	Passes    uint32 `json:"passes,omitempty"`
}

// RemoveMethodParams names an unlock method to take away.
type RemoveMethodParams struct {
	ID string `json:"id"`
}

// RecoveryCodeResult is a fresh code. It opens nothing until it is added.
type RecoveryCodeResult struct {
	Code string `json:"code"`
}

// LockParams says how far a lock goes.
type LockParams struct {
	All bool `json:"all,omitempty"` // the store in every tab, not in this one alone
}

// TouchParams tells the engine that the person is there, and for how long it may
// stay open without them.
type TouchParams struct {
	IdleMinutes int `json:"idleMinutes"` // 0: for as long as the tab is open
}
