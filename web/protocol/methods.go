package protocol

import (
	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
)

// Methods. The person's page may call the first group, a portal the second;
// what both may call means the same for both, but that a portal sees what it
// was granted. Any other method is answered with invalidArgument.
const (
	// For everybody.
	MethodQuery    = "query"    // store.Query -> QueryResult
	MethodSources  = "sources"  // SourcesParams -> SourcesResult
	MethodAnchored = "anchored" // store.AnchoredQuery -> AnchoredResult
	MethodSave     = "save"     // SaveParams -> SaveResult
	MethodDelete   = "delete"   // DeleteParams -> Empty; an app's own objects only
	MethodResource = "resource" // ResourceParams -> ResourceResult, 1 buffer: the raw bytes
	MethodCancel   = "cancel"   // CancelParams -> Empty; the canceled request answers userCanceled

	// For the person's page.
	MethodImport       = "import"       // ImportParams + files -> intake.Report; `progress` events
	MethodImportSample = "importSample" // Empty -> intake.Report; `progress` events
	MethodCounts       = "counts"       // Empty -> CountsResult
	MethodCatalogue    = "catalogue"    // Empty -> CatalogueResult
	MethodSample       = "sample"       // ResourceParams -> store.Sample
	MethodRecord       = "record"       // ResourceParams -> RecordResult, 1 buffer: the raw bytes
	MethodStatus       = "status"       // Empty -> StatusResult
	MethodErase        = "erase"        // Empty -> Empty
	MethodApps         = "apps"         // Empty -> AppsResult
	MethodRevoke       = "revoke"       // RevokeParams -> Empty
	MethodSetGrant     = "setGrant"     // SetGrantParams -> Empty
	MethodAttach       = "attach"       // AttachParams + 1 port -> Empty; serves a portal on the port
	MethodAnswer       = "answer"       // AnswerParams -> Empty

	// For portals.
	MethodHello                = "hello"                        // store.AppDescription -> HelloResult; the first call on a port
	MethodBye                  = "bye"                          // Empty, and no answer: the engine closes the port
	MethodRequestStatus        = "requestStatus"                // store.AuthorizationRequest -> RequestStatusResult
	MethodRequestAuthorization = "requestAuthorization"         // store.AuthorizationRequest -> Empty: processed, not "granted"
	MethodAuthorizationStatus  = "authorizationStatus"          // TypeParams -> ShareStatusResult: of sharing only
	MethodEarliestDates        = "earliestAuthorizedSampleDate" // TypesParams -> EarliestDatesResult
	MethodFetch                = "fetch"                        // FetchParams -> FetchResult, 1 buffer: the body
	MethodObserve              = "observe"                      // ObserveParams -> ObserveResult; `observed` events until the port closes
	MethodUnobserve            = "unobserve"                    // UnobserveParams -> Empty
)

// Events.
const (
	EventProgress    = "progress"    // to who imports: Progress
	EventChanged     = "changed"     // to the person's pages, after a commit: Changed
	EventAsking      = "asking"      // to the person's page that must show a sheet: Asking
	EventDetached    = "detached"    // to the page that attached a portal whose port has closed: AttachParams
	EventAskingEnded = "askingEnded" // to the same page, when nobody waits for the answer any more: AskingEnded
	EventObserved    = "observed"    // to a portal, when samples that it observes changed: Observed
)

// Empty is the shape of params and results that say nothing: {}.
type Empty struct{}

// ImportParams names the files that come beside it. A name says where the file
// stood below what was picked or dropped, which the browser forgets when a File
// crosses to a worker.
type ImportParams struct {
	Names []string `json:"names,omitempty"` // one a file, or none
}

// ImportOf returns the params for files.
func ImportOf(files []File) ImportParams {
	var p ImportParams
	for _, file := range files {
		p.Names = append(p.Names, file.Name())
	}
	return p
}

// CancelParams names, by its ID, a request of the same port.
type CancelParams struct {
	Request int64 `json:"request"`
}

// QueryResult holds the samples in the order asked for.
type QueryResult struct {
	Samples []store.Sample `json:"samples"`
}

// AnchoredResult is store.AnchoredResult, which writes itself.
type AnchoredResult store.AnchoredResult

// SaveParams holds samples to write. Their uuid, dateAdded and source are the
// store's to fill.
type SaveParams struct {
	Samples []store.Sample `json:"samples"`
}

// SaveResult holds the uuids given to the samples, in their order; none when the
// store is locked: they then wait, sealed and durable, and are judged and taken in
// when it is unlocked.
type SaveResult struct {
	UUIDs []string `json:"uuids"`
}

// DeleteParams names objects to delete.
type DeleteParams struct {
	UUIDs []string `json:"uuids"`
}

// SourcesParams asks who wrote samples of a type that the caller can see.
type SourcesParams struct {
	Type store.TypeID `json:"type"`
}

// SourcesResult holds the sources, by name.
type SourcesResult struct {
	Sources []store.Source `json:"sources"`
}

// ResourceParams names one object.
type ResourceParams struct {
	UUID string `json:"uuid"`
}

// ResourceResult describes the bytes that came as the one buffer.
type ResourceResult struct {
	Size int `json:"size"` // bytes
}

// RecordResult is all that a page shows of one object; of one that was received
// as bytes they come as the one buffer.
type RecordResult struct {
	Sample      store.Sample `json:"sample"`
	View        view.View    `json:"view"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Trace       *Trace       `json:"trace,omitempty"` // of an electrocardiogram
	Track       *Track       `json:"track,omitempty"` // of a route
}

// Attachment is fhir.Attachment on the wire.
type Attachment struct {
	ContentType string `json:"contentType,omitempty"`
	Title       string `json:"title,omitempty"`
	URL         string `json:"url,omitempty"`
	Pointer     string `json:"pointer"`              // JSON Pointer (RFC 6901) of the Attachment in the resource
	DataLength  int    `json:"dataLength,omitempty"` // of its base64 text, in bytes
}

// CountsResult holds the number of samples of every type that has any.
type CountsResult struct {
	Counts map[store.TypeID]int `json:"counts"`
}

// CatalogueResult lists every type that the store knows, in the order to show.
type CatalogueResult struct {
	Types []TypeInfo `json:"types"`
}

// TypeInfo is store.Type on the wire.
type TypeInfo struct {
	ID          store.TypeID      `json:"id"`
	Title       string            `json:"title"`
	Kind        store.Kind        `json:"kind"`
	Group       string            `json:"group"`
	Unit        string            `json:"unit,omitempty"`
	Display     string            `json:"display,omitempty"`
	Aggregation store.Aggregation `json:"aggregation,omitempty"`
	Values      map[int]string    `json:"values,omitempty"`
	PerObject   bool              `json:"perObject,omitempty"`
	ReadOnly    bool              `json:"readOnly,omitempty"`
}

// AppsResult lists every app that ever asked.
type AppsResult struct {
	Apps []store.App `json:"apps"`
}

// StatusResult tells how the store is.
type StatusResult struct {
	store.Status
	// Protection names what keeps the store from who has the disk: "device" is
	// a key that the browser keeps there too, "passphrase" and "passkey" are
	// what they say. "" is not known, as when the store did not open.
	Protection string `json:"protection,omitempty"`
}

// RevokeParams takes back what an origin was granted: the types named, or all
// when none is.
type RevokeParams struct {
	Origin string         `json:"origin"`
	Types  []store.TypeID `json:"types,omitempty"`
}

// SetGrantParams changes what was decided on one type for an origin that asked
// for it.
type SetGrantParams struct {
	Origin string      `json:"origin"`
	Grant  store.Grant `json:"grant"` // without its objects
}

// AttachParams names the origin at the other end of the port beside it, as the
// browser gave it to the page, never as the portal says.
type AttachParams struct {
	Origin string `json:"origin"`
}

// HelloResult answers a portal's introduction.
type HelloResult struct {
	Origin string `json:"origin"` // the origin that grants are kept under
}

// RequestStatusResult tells whether asking would show a sheet.
type RequestStatusResult struct {
	Status string `json:"status"` // "shouldRequest" or "unnecessary"
}

// TypeParams names one type.
type TypeParams struct {
	Type store.TypeID `json:"type"`
}

// ShareStatusResult tells whether the portal may write a type. Nothing tells
// whether it may read it.
type ShareStatusResult struct {
	Status string `json:"status"` // "notDetermined", "sharingDenied" or "sharingAuthorized"
}

// TypesParams names types.
type TypesParams struct {
	Types []store.TypeID `json:"types"`
}

// EarliestDatesResult tells from when the portal may read, in ms since the Unix
// epoch, of the types with a history window. A type that is denied is left out like
// one that is shared whole.
type EarliestDatesResult struct {
	Dates map[store.TypeID]int64 `json:"dates"`
}

// Asking tells a page to show a sheet, which lists every type of the request.
type Asking struct {
	Asking int64                `json:"asking"` // to be named in the answer
	Origin string               `json:"origin"` // as the browser gave it
	App    store.AppDescription `json:"app"`    // as the portal says
	store.AuthorizationRequest
	// Objects are those of the per-object types that the request reads, for the person
	// to pick from; of each type the newest.
	Objects []store.Sample `json:"objects,omitempty"`
}

// AskingEnded takes a sheet off that nobody waits for any more: the portal
// canceled or closed its port.
type AskingEnded struct {
	Asking int64 `json:"asking"`
}

// AnswerParams is what the person chose on a sheet.
type AnswerParams struct {
	Asking int64        `json:"asking"`
	Answer store.Answer `json:"answer"`
}

// Progress tells how far the request that imports is.
type Progress struct {
	Request int64 `json:"request"`
	intake.Progress
}

// Changed names the types that a commit touched; none means that any may have,
// as when another tab erased the store.
type Changed struct {
	Types []store.TypeID `json:"types"`
}

// ObserveParams asks to be told of changes among the samples of a type that the
// caller sees.
type ObserveParams struct {
	Type      store.TypeID     `json:"type"`
	Predicate *store.Predicate `json:"predicate,omitempty"` // selects samples; a deletion always counts
	// Mark goes on where an earlier observer ended, on another port: what
	// changed since is told at once.
	Mark string `json:"mark,omitempty"`
}

// ObserveResult says that the observer listens. It is known by the ID of the
// request.
type ObserveResult struct {
	Mark string `json:"mark,omitempty"` // opaque; of now
}

// UnobserveParams ends an observer; that it ended already is no error.
type UnobserveParams struct {
	Observer int64 `json:"observer"`
}

// Observed tells that something changed, and not what.
type Observed struct {
	Observer int64  `json:"observer"`
	Mark     string `json:"mark"` // opaque; of now
}

// FetchParams is a request of FHIR's RESTful API; see web/rest. Headers are by their
// names in small letters: accept, content-type, if-none-match and prefer count.
type FetchParams struct {
	Method  string            `json:"method,omitempty"` // of HTTP; GET unless given
	URL     string            `json:"url"`              // below rest.Base, or relative to it
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
}

// FetchResult describes the body that came as the one buffer.
type FetchResult struct {
	Status  int               `json:"status"` // of HTTP
	Headers map[string]string `json:"headers"`
}
