package protocol

import "github.com/keepwell-health/keepwell/store"

// Methods of figures over samples. The first two are for everybody; the order of
// sources is the person's alone.
const (
	MethodStatistics           = "statistics"           // store.StatisticsQuery -> store.StatisticsResult
	MethodStatisticsCollection = "statisticsCollection" // store.StatisticsCollectionQuery -> store.StatisticsCollectionResult

	MethodSourceOrder    = "sourceOrder"    // TypeParams -> SourcesResult, the one that counts first in front
	MethodSetSourceOrder = "setSourceOrder" // SourceOrderParams -> Empty
)

// SourceOrderParams puts the sources of a type in order, by Source.ID; those
// that it does not name count after them, and no names undo the order.
type SourceOrderParams struct {
	Type    store.TypeID `json:"type"`
	Sources []string     `json:"sources"`
}
