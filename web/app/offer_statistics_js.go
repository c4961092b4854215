//go:build js && wasm

package app

import (
	"context"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// statistics(q) -> {type, unit, startDate, endDate, sum, ...}
func (a *app) offerStatistics(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodStatistics, arguments.JSON(0))
	return dom.Reply{JSON: result}, err
}

// statisticsCollection(q) -> {type, unit, statistics}
func (a *app) offerStatisticsCollection(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	result, _, err := a.ask(ctx, protocol.MethodStatisticsCollection, arguments.JSON(0))
	return dom.Reply{JSON: result}, err
}

// sourceOrder(type) -> [source], the one that counts first in front
func (a *app) offerSourceOrder(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	params, err := json.Marshal(protocol.TypeParams{Type: store.TypeID(arguments.Text(0))})
	if err != nil {
		return dom.Reply{}, public{err}
	}
	result, _, err := a.ask(ctx, protocol.MethodSourceOrder, params)
	return part(result, err, "sources")
}

// setSourceOrder(type, [source id])
func (a *app) offerSetSourceOrder(ctx context.Context, arguments dom.Arguments) (dom.Reply, error) {
	asked := protocol.SourceOrderParams{Type: store.TypeID(arguments.Text(0))}
	if err := json.Unmarshal(arguments.JSON(1), &asked.Sources); err != nil {
		return dom.Reply{}, public{store.Errorf(store.CodeInvalidArgument, "setSourceOrder takes a type and an array of source ids")}
	}
	params, err := json.Marshal(asked)
	if err != nil {
		return dom.Reply{}, public{err}
	}
	_, _, err = a.ask(ctx, protocol.MethodSetSourceOrder, params)
	return dom.Reply{}, err
}
