package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/web/protocol"
)

// method is one entry of a table of methods.
type method struct {
	do func(ctx context.Context, c *call) (reply, error)
	// inOrder methods are done before the next message is read. They must not
	// wait for anything.
	inOrder bool
	// gathers methods hold much in memory until they are answered, and wait for
	// nobody: few of them run at once for portals.
	gathers bool
}

// on makes a method of a function that takes checked params.
func on[P any](f func(ctx context.Context, c *call, p P) (reply, error)) method {
	return method{do: func(ctx context.Context, c *call) (reply, error) {
		var p P
		if err := decode(c.params, &p); err != nil {
			return reply{}, err
		}
		return f(ctx, c, p)
	}}
}

// personMethods is what the person's page may call. To add a method, add a row
// here, its shapes and its name in web/protocol, and its case to the golden.
func personMethods() map[string]method {
	return map[string]method{
		protocol.MethodImport:       on(importFiles),
		protocol.MethodImportSample: on(importSample),
		protocol.MethodQuery:        on(query),
		protocol.MethodSources:      on(sources),
		protocol.MethodAnchored:     on(anchored),
		protocol.MethodSample:       on(sample),
		protocol.MethodResource:     on(resource),
		protocol.MethodRecord:       on(record),
		protocol.MethodSave:         on(save),
		protocol.MethodDelete:       on(deleteObjects),
		protocol.MethodCounts:       on(counts),
		protocol.MethodCatalogue:    on(catalogue),
		protocol.MethodStatus:       on(status),
		protocol.MethodErase:        on(erase),
		protocol.MethodApps:         on(apps),
		protocol.MethodRevoke:       on(revoke),
		protocol.MethodSetGrant:     on(setGrant),
		protocol.MethodAttach:       on(attach),
		protocol.MethodAnswer:       on(answer),

		protocol.MethodStatistics:           on(statistics),
		protocol.MethodStatisticsCollection: on(statisticsCollection),
		protocol.MethodSourceOrder:          on(sourceOrder),
		protocol.MethodSetSourceOrder:       on(setSourceOrder),

		protocol.MethodMethods:         on(methods),
		protocol.MethodUnlock:          on(unlock),
		protocol.MethodLock:            on(lock),
		protocol.MethodLeave:           on(leave),
		protocol.MethodAddMethod:       on(addMethod),
		protocol.MethodRemoveMethod:    on(removeMethod),
		protocol.MethodNewRecoveryCode: on(newRecoveryCode),
		protocol.MethodCanary:          inOrder(on(canary)),
		protocol.MethodAccept:          on(accept),
		protocol.MethodTouch:           on(touch),
		protocol.MethodAccessLog:       on(accessLog),

		protocol.MethodExport:        on(export),
		protocol.MethodInspectBackup: on(inspectBackup),
		protocol.MethodRestore:       on(restore),
		protocol.MethodBackupState:   on(backupState),
	}
}

// appMethods is what a portal may call.
func appMethods() map[string]method {
	return map[string]method{
		protocol.MethodHello:                inOrder(on(hello)),
		protocol.MethodBye:                  inOrder(on(bye)),
		protocol.MethodRequestStatus:        introduced(on(requestStatus)),
		protocol.MethodRequestAuthorization: introduced(on(requestAuthorization)),
		protocol.MethodAuthorizationStatus:  introduced(on(authorizationStatus)),
		protocol.MethodEarliestDates:        introduced(on(earliestDates)),
		protocol.MethodQuery:                gathering(introduced(on(query))),
		protocol.MethodSources:              gathering(introduced(on(sources))),
		protocol.MethodAnchored:             gathering(introduced(on(anchored))),
		protocol.MethodResource:             gathering(introduced(on(resource))),
		protocol.MethodSave:                 introduced(on(save)),
		protocol.MethodDelete:               introduced(on(deleteObjects)),
		protocol.MethodStatistics:           gathering(introduced(on(statistics))),
		protocol.MethodStatisticsCollection: gathering(introduced(on(statisticsCollection))),
		protocol.MethodFetch:                gathering(introduced(on(fetch))),
		protocol.MethodObserve:              introduced(on(observe)),
		protocol.MethodUnobserve:            inOrder(introduced(on(unobserve))),
	}
}

// readerMethods is what a portal may call from a frame. To ask for authorization is
// among it, since that is answered without a sheet where all is decided; no page is
// there to show one.
func readerMethods() map[string]method {
	table := appMethods()
	delete(table, protocol.MethodSave)
	delete(table, protocol.MethodDelete)
	return table
}

func inOrder(m method) method {
	m.inOrder = true
	return m
}

func gathering(m method) method {
	m.gathers = true
	return m
}

// introduced lets a method be called only after hello: everything that an app
// does is done under the name that the person sees.
func introduced(m method) method {
	return method{do: func(ctx context.Context, c *call) (reply, error) {
		if c.session.description() == nil {
			return reply{}, invalid("hello must come first on a port")
		}
		return m.do(ctx, c)
	}}
}
