package store

// AuthorizationRequest is a set of types that an app asks for.
type AuthorizationRequest struct {
	ToShare  []TypeID `json:"toShare,omitempty"`  // to write; never clinical types
	Read     []TypeID `json:"read,omitempty"`     // to read
	Required []TypeID `json:"required,omitempty"` // none, or at least 3 clinical types of Read
}

// AppDescription is what an app says of itself. The sheet shows it beside the
// origin, which is what the browser says.
type AppDescription struct {
	Name          string  `json:"name"`
	Usage         Usage   `json:"usage"`
	Purpose       Purpose `json:"purpose"`
	PrivacyPolicy string  `json:"privacyPolicy,omitempty"` // an https URL; needed for clinical types
}

// Usage says in the app's words why it asks. Each text is needed when types of
// its kind are asked for.
type Usage struct {
	Share    string `json:"share,omitempty"`    // reading fitness data: NSHealthShareUsageDescription
	Update   string `json:"update,omitempty"`   // writing: NSHealthUpdateUsageDescription
	Clinical string `json:"clinical,omitempty"` // reading clinical records: NSHealthClinicalHealthRecordsShareUsageDescription
}

// Purpose is what an app uses the data for: one of a closed list, in which
// advertising and resale have no place.
type Purpose string

const (
	PurposeCare         Purpose = "care"         // treating or advising the person
	PurposeSelfTracking Purpose = "selfTracking" // showing the person their own data
	PurposeResearch     Purpose = "research"     // a study that the person takes part in
	PurposeCoverage     Purpose = "coverage"     // insurance or benefits that the person applies for
	PurposeSharing      Purpose = "sharing"      // passing records on to whom the person names
)

// RequestStatus tells whether asking for a set of types would show a sheet. Its
// numbers are HKAuthorizationRequestStatus's.
type RequestStatus int

const (
	RequestUnknown       RequestStatus = 0 // an error occurred
	RequestShouldRequest RequestStatus = 1
	RequestUnnecessary   RequestStatus = 2
)

// ShareStatus tells whether an app may write a type. No such status exists for
// reading. Its numbers are HKAuthorizationStatus's.
type ShareStatus int

const (
	ShareNotDetermined     ShareStatus = 0
	ShareSharingDenied     ShareStatus = 1
	ShareSharingAuthorized ShareStatus = 2
)

// FutureChoice says what happens with clinical records that arrive after a
// grant.
type FutureChoice string

const (
	// FutureAsk, the default, shares only the records present at the grant.
	// When newer ones arrive the request status returns to RequestShouldRequest.
	FutureAsk    FutureChoice = "ask"
	FutureAlways FutureChoice = "always"
)

// Asking is a request that passed validation.
type Asking struct {
	Origin  string
	App     AppDescription
	Request AuthorizationRequest
	// Needed tells that a sheet must be shown. It then lists every type of
	// Request, decided before or not. When false the request is processed.
	Needed bool
}

// Answer is what a person chose on a sheet. Every type of the request that it
// does not name is denied.
type Answer struct {
	Share         []TypeID     `json:"share,omitempty"`
	Read          []TypeID     `json:"read,omitempty"`
	Objects       []string     `json:"objects,omitempty"`       // UUIDs picked among per-object types
	FutureRecords FutureChoice `json:"futureRecords,omitempty"` // of clinical types; "" means FutureAsk
	HistoryStart  int64        `json:"historyStart,omitempty"`  // ms since the Unix epoch; 0 is no limit
	// HistoryStarts are those of single types, in place of HistoryStart.
	HistoryStarts map[TypeID]int64 `json:"historyStarts,omitempty"`
	Canceled      bool             `json:"canceled,omitempty"` // closed: nothing is decided
}

// App is an app that ever asked, as the person sees it.
type App struct {
	Origin      string         `json:"origin"`
	Description AppDescription `json:"description"`
	FirstAsked  int64          `json:"firstAsked"` // ms since the Unix epoch
	LastAsked   int64          `json:"lastAsked"`  // ms since the Unix epoch
	Grants      []Grant        `json:"grants"`     // by the catalogue's order
}

// Grant is what was decided on one type for one app.
type Grant struct {
	Type         TypeID       `json:"type"`
	Share        bool         `json:"share"`
	Read         bool         `json:"read"`
	Future       FutureChoice `json:"future,omitempty"`       // of a clinical type that is read
	HistoryStart int64        `json:"historyStart,omitempty"` // ms since the Unix epoch; 0 is no limit
	Objects      int          `json:"objects,omitempty"`      // of a per-object type: how many were picked

	// What the app asked for, whatever was decided.
	AskedRead  bool `json:"askedRead,omitempty"`
	AskedShare bool `json:"askedShare,omitempty"`
}
