package protocol

import "github.com/keepwell-health/keepwell/store"

// Methods. The person's page may call the first group, a portal the second;
// what both may call means the same for both, but that a portal sees what it
// was granted. Any other method is answered with invalidArgument.
const (
	// For everybody.
	MethodQuery    = "query"    // store.Query -> QueryResult
	MethodSources  = "sources"  // SourcesParams -> SourcesResult
	MethodResource = "resource" // ResourceParams -> ResourceResult, 1 buffer: the raw bytes
	MethodCancel   = "cancel"   // CancelParams -> Empty; the canceled request answers userCanceled

	// For the person's page.
	MethodImport       = "import"       // Empty + files -> intake.Report; `progress` events
	MethodImportSample = "importSample" // Empty -> intake.Report; `progress` events
	MethodCounts       = "counts"       // Empty -> CountsResult
	MethodCatalogue    = "catalogue"    // Empty -> CatalogueResult
	MethodSample       = "sample"       // ResourceParams -> store.Sample
	MethodRecord       = "record"       // ResourceParams -> RecordResult, 1 buffer: the raw bytes
	MethodStatus       = "status"       // Empty -> StatusResult
	MethodErase        = "erase"        // Empty -> Empty
	MethodApps         = "apps"         // Empty -> AppsResult
	MethodRevoke       = "revoke"       // RevokeParams -> Empty
	MethodAttach       = "attach"       // AttachParams + 1 port -> Empty; serves a portal on the port
	MethodAnswer       = "answer"       // AnswerParams -> Empty

	// For portals.
	MethodHello                = "hello"                // HelloParams -> HelloResult; the first call on a port
	MethodRequestStatus        = "requestStatus"        // AuthorizationParams -> RequestStatusResult
	MethodRequestAuthorization = "requestAuthorization" // AuthorizationParams -> Empty: processed, not "granted"
	MethodAuthorizationStatus  = "authorizationStatus"  // TypeParams -> ShareStatusResult: of sharing only
)

// Events.
const (
	EventProgress    = "progress"    // to who imports: Progress
	EventChanged     = "changed"     // to the person's pages, after a commit: Changed
	EventAsking      = "asking"      // to the person's page that must show a sheet: Asking
	EventAskingEnded = "askingEnded" // to the same page, when nobody waits for the answer any more: AskingEnded
)

// Empty is the shape of params and results that say nothing: {}.
type Empty struct{}

// CancelParams names, by its ID, a request of the same port.
type CancelParams struct {
	Request int64 `json:"request"`
}

// QueryResult holds the samples in the order asked for.
type QueryResult struct {
	Samples []store.Sample `json:"samples"`
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

// RevokeParams takes back what an origin was granted: the types named, or all
// when none is.
type RevokeParams struct {
	Origin string         `json:"origin"`
	Types  []store.TypeID `json:"types,omitempty"`
}

// AttachParams names the origin at the other end of the port beside it, as the
// browser gave it to the page, never as the portal says.
type AttachParams struct {
	Origin string `json:"origin"`
}

// Usage says in the portal's words why it asks; each is needed when types of
// its kind are asked for (NSHealthShareUsageDescription and its two sisters).
type Usage struct {
	Share    string `json:"share,omitempty"`    // reading fitness data
	Update   string `json:"update,omitempty"`   // writing
	Clinical string `json:"clinical,omitempty"` // reading clinical records
}

// HelloParams introduces a portal. All of it is what the portal says of itself;
// the sheet shows it beside the origin, which is what the browser says.
type HelloParams struct {
	Name          string `json:"name"`
	Usage         Usage  `json:"usage"`
	Purpose       string `json:"purpose,omitempty"`
	PrivacyPolicy string `json:"privacyPolicy,omitempty"` // an https URL
}

// HelloResult answers a portal's introduction.
type HelloResult struct {
	Origin string `json:"origin"` // the origin that grants are kept under
}

// AuthorizationParams is a set of types to ask for.
type AuthorizationParams struct {
	ToShare  []store.TypeID `json:"toShare,omitempty"`  // to write; never clinical types
	Read     []store.TypeID `json:"read,omitempty"`     // to read
	Required []store.TypeID `json:"required,omitempty"` // at least 3 clinical types of Read, or none
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

// Asking tells a page to show a sheet.
type Asking struct {
	Asking   int64          `json:"asking"` // to be named in the answer
	Origin   string         `json:"origin"` // as the browser gave it
	App      HelloParams    `json:"app"`    // as the portal says
	ToShare  []store.TypeID `json:"toShare"`
	Read     []store.TypeID `json:"read"`
	Required []store.TypeID `json:"required"`
}

// AskingEnded takes a sheet off that nobody waits for any more: the portal
// canceled or closed its port.
type AskingEnded struct {
	Asking int64 `json:"asking"`
}

// AnswerParams is what the person chose on a sheet.
type AnswerParams struct {
	Asking int64  `json:"asking"`
	Answer Answer `json:"answer"`
}

// Answer names what was allowed; every other type of the asking is denied.
type Answer struct {
	Share []store.TypeID `json:"share,omitempty"`
	Read  []store.TypeID `json:"read,omitempty"`
	// FutureRecords is "ask" (the default) or "always": what happens with
	// clinical records that arrive later.
	FutureRecords string `json:"futureRecords,omitempty"`
	HistoryStart  int64  `json:"historyStart,omitempty"` // ms since the Unix epoch; 0 is no limit
	Canceled      bool   `json:"canceled,omitempty"`     // the sheet was closed: nothing is decided
}

// Changed names the types that a commit touched.
type Changed struct {
	Types []store.TypeID `json:"types"`
}
