package store

import (
	"context"
	"io"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

type Options struct {
	Now         func() time.Time
	Random      io.Reader
	SegmentSize int
	Permissions Sealer
	Shared      bool
	Convert     func(value float64, from, to string) (float64, bool)
}

type Store struct{}

type Status struct {
	Locked   bool  `json:"locked"`
	Records  int   `json:"records"`
	Segments int   `json:"segments"`
	Bytes    int64 `json:"bytes"`
	Damaged  int   `json:"damaged"`
}

func Open(ctx context.Context, backend Backend, sealer Sealer, options Options) (*Store, error) {
	return &Store{}, nil
}
func (s *Store) Close() error                                       { return nil }
func (s *Store) Lock()                                              {}
func (s *Store) Unlock(ctx context.Context, sealer Sealer) error    { return nil }
func (s *Store) Refresh(ctx context.Context) error                  { return nil }
func (s *Store) Observe(changed func(types []TypeID)) (stop func()) { return func() {} }
func (s *Store) Person() *Client                                    { return &Client{} }
func (s *Store) App(origin string) *Client                          { return &Client{} }
func (s *Store) Counts(ctx context.Context) (map[TypeID]int, error) { return nil, nil }
func (s *Store) Status() Status                                     { return Status{} }
func (s *Store) Erase(ctx context.Context) error                    { return nil }
func (s *Store) RequestStatus(ctx context.Context, origin string, r AuthorizationRequest) (RequestStatus, error) {
	return RequestUnknown, nil
}
func (s *Store) Ask(ctx context.Context, origin string, app AppDescription, r AuthorizationRequest) (*Asking, error) {
	return &Asking{}, nil
}
func (s *Store) Answer(ctx context.Context, origin string, r AuthorizationRequest, a Answer) error {
	return nil
}
func (s *Store) ShareStatus(ctx context.Context, origin string, id TypeID) (ShareStatus, error) {
	return 0, nil
}
func (s *Store) Apps(ctx context.Context) ([]App, error)                          { return nil, nil }
func (s *Store) Revoke(ctx context.Context, origin string, types ...TypeID) error { return nil }
func (s *Store) BeginImport(ctx context.Context) (*Import, error)                 { return &Import{}, nil }

type Client struct{}

func (c *Client) Query(ctx context.Context, q Query) ([]Sample, error)         { return nil, nil }
func (c *Client) Sources(ctx context.Context, id TypeID) ([]Source, error)     { return nil, nil }
func (c *Client) Resource(ctx context.Context, uuid string) ([]byte, error)    { return nil, nil }
func (c *Client) Sample(ctx context.Context, uuid string) (Sample, error)      { return Sample{}, nil }
func (c *Client) Save(ctx context.Context, samples []Sample) ([]string, error) { return nil, nil }
func (c *Client) Delete(ctx context.Context, uuids []string) error             { return nil }
func (c *Client) Anchored(ctx context.Context, q AnchoredQuery) (AnchoredResult, error) {
	return AnchoredResult{}, nil
}

type Import struct{}

type Outcome uint8

const (
	Added Outcome = iota
	Replaced
	Unchanged
)

func (im *Import) AddResource(ctx context.Context, source Source, resource fhir.Resource, sum *fhir.Summary) (Outcome, error) {
	return Added, nil
}
func (im *Import) AddSample(ctx context.Context, sample Sample) (Outcome, error) { return Added, nil }
func (im *Import) Commit(ctx context.Context) error                              { return nil }
func (im *Import) Rollback(ctx context.Context) error                            { return nil }
