package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// A twin is two types that are alike but for their names, which are of one
// length: one is denied though the person has it, the other granted though they
// have none. What a portal hears of the two must be the same.
type twin struct {
	name                   string
	denied, empty          store.TypeID
	own                    bool // the portal may write both, and has saved one sample of each
	resource, twinResource string
	records, more, other   protocol.File // two of the denied type; more of it; some of the empty type
}

var twins = []twin{
	{
		name: "clinical", denied: "labResultRecord", empty: "procedureRecord", resource: "Observation", twinResource: "Procedure",
		records: file("a1c.ndjson", oneLine(hemoglobin)+oneLine(strings.ReplaceAll(hemoglobin, "a1c", "a1c2"))),
		more:    file("a1c.json", strings.ReplaceAll(hemoglobin, "5.40", "5.50")),
		other:   file("p.json", `{"resourceType":"Procedure","id":"p","status":"completed","code":{"text":"Suture"},"subject":{"reference":"Patient/1"}}`),
	},
	fitness("fitness", false),
	fitness("fitness with samples of its own", true),
}

func oneLine(resource string) string { return strings.ReplaceAll(resource, "\n", "") + "\n" }

func fitness(name string, own bool) twin {
	const record = `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="%s" unit="count" startDate="2024-%s 08:00:00 +0000" endDate="2024-%[2]s 09:00:00 +0000" value="60"/>`
	export := func(month string) string {
		return `<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>` +
			fmt.Sprintf(record, "Phone", month) + fmt.Sprintf(record, "Watch", month) + `</HealthData>`
	}
	return twin{
		name: name, denied: "stepCount", empty: "heartRate", own: own, resource: "Observation", twinResource: "Observation",
		records: file("export.xml", export("04-01")),
		more:    file("export.xml", export("04-02")),
		other:   file("export.xml", strings.NewReplacer("StepCount", "HeartRate", `"count"`, `"count/min"`).Replace(export("04-03"))),
	}
}

// twinRequests is what a portal sends to learn of a type, by method: params with
// TYPE, UUID (of one of its objects, where it has any) and RESOURCE, its FHIR
// resource type, to be filled in. Every method that a portal may call stands here.
var twinRequests = map[string][]string{
	protocol.MethodHello: nil, // says nothing of a type
	protocol.MethodBye:   nil,
	protocol.MethodRequestStatus: {
		`{"read":["TYPE"]}`, `{"toShare":["TYPE"]}`, `{"read":["TYPE"],"required":["TYPE"]}`,
	},
	protocol.MethodRequestAuthorization: {`{"read":["TYPE"]}`, `{"toShare":["TYPE"]}`},
	protocol.MethodAuthorizationStatus:  {`{"type":"TYPE"}`},
	protocol.MethodEarliestDates:        {`{"types":["TYPE"]}`},
	protocol.MethodQuery: {
		`{"type":"TYPE"}`,
		`{"type":"TYPE","limit":1}`, `{"type":"TYPE","limit":1,"offset":1}`, `{"type":"TYPE","limit":-1}`,
		`{"type":"TYPE","sort":[{"key":"dateAdded","ascending":true}]}`, `{"type":"TYPE","sort":[{"key":"size"}]}`,
		`{"type":"TYPE","predicate":{"uuids":["UUID"]}}`,
		`{"type":"TYPE","predicate":{"startDate":0}}`,
		`{"type":"TYPE","predicate":{"sources":["Phone"]}}`,
		`{"type":"TYPE","predicate":{"not":{"sources":["Phone"]}}}`,
		`{"type":"TYPE","predicate":{"fhir":{"resourceType":"RESOURCE"}}}`,
		`{"type":"TYPE","predicate":{"quantity":{"operator":">","value":0,"unit":"furlong"}}}`,
	},
	protocol.MethodSources:  {`{"type":"TYPE"}`},
	protocol.MethodAnchored: {`{"type":"TYPE"}`, `{"type":"TYPE","limit":1}`, `{"type":"TYPE","anchor":"ANCHOR"}`, `{"type":"TYPE","anchor":"UUID"}`},
	protocol.MethodResource: {`{"uuid":"UUID"}`},
	protocol.MethodSave: {
		`{"samples":[{"type":"TYPE","startDate":1,"endDate":1}]}`,
		`{"samples":[{"type":"TYPE","startDate":1,"endDate":1,"value":1,"unit":"furlong"}]}`,
	},
	protocol.MethodDelete: {`{"uuids":["UUID"]}`},
	protocol.MethodStatistics: {
		`{"type":"TYPE","options":["mostRecent"]}`, `{"type":"TYPE","options":["duration","separateBySource"]}`, `{"type":"TYPE","options":["median"]}`,
		`{"type":"TYPE","options":["mostRecent"],"predicate":{"startDate":0}}`,
	},
	protocol.MethodStatisticsCollection: {
		`{"type":"TYPE","options":["mostRecent"],"interval":{"hour":1}}`, `{"type":"TYPE","options":["mostRecent"],"interval":{"hour":0}}`,
	},
	protocol.MethodFetch: {
		`{"url":"RESOURCE"}`, `{"url":"RESOURCE/a1c"}`, `{"url":"RESOURCE?_summary=count"}`, `{"url":"RESOURCE?_id=a1c&_include=*"}`,
		`{"url":"metadata"}`, `{"method":"HEAD","url":"RESOURCE/a1c/_history/1"}`,
		`{"url":"RESOURCE?date=ge2020&code:not=x&patient:missing=false&_sort=-_lastUpdated"}`,
		`{"method":"POST","url":"RESOURCE/_search","headers":{"content-type":"application/x-www-form-urlencoded"},"body":"_count=1&_sort=date"}`,
		`{"method":"POST","url":"","body":"{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{\"method\":\"GET\",\"url\":\"RESOURCE/a1c\"}}]}"}`,
	},
	protocol.MethodObserve:   {`{"type":"TYPE"}`, `{"type":"TYPE","mark":"MARK"}`, `{"type":"TYPE","mark":"UUID"}`},
	protocol.MethodUnobserve: {`{"observer":OBSERVER}`},
}

// TestDeniedIsEmpty asks everything that a portal can ask of a type that was
// denied and of its twin: what comes over the port, message by message, must
// differ by nothing.
func TestDeniedIsEmpty(t *testing.T) {
	for name := range New(Options{}).appMethods {
		if _, ok := twinRequests[name]; !ok {
			t.Errorf("nothing asks %s for a type that was denied", name)
		}
	}
	for _, pair := range twins {
		t.Run(pair.name, func(t *testing.T) {
			a := newTwinned(t, pair)
			denied, empty := a.learn(pair.denied), a.learn(pair.empty)
			for i := range denied {
				if denied[i] != empty[i] {
					t.Errorf("denied and empty differ:\n%s\n%s", denied[i], empty[i])
				}
			}
		})
	}
}

// TestDeniedNeverFires has the person bring more of a denied type while a portal
// observes it, and then what the portal may see: that is the first thing it hears.
func TestDeniedNeverFires(t *testing.T) {
	for _, pair := range twins {
		t.Run(pair.name, func(t *testing.T) {
			a := newTwinned(t, pair)
			for _, id := range []store.TypeID{pair.denied, pair.empty} {
				a.post(protocol.MethodObserve, fmt.Sprintf(`{"type":%q}`, id))
				a.next(nil)
			}
			seen := a.last
			for _, one := range []protocol.File{pair.more, pair.other} {
				if report := a.bring(one); report.Added+report.Replaced == 0 {
					t.Fatalf("nothing came in: %+v", report)
				}
			}
			var event struct{ Params protocol.Observed }
			a.next(&event)
			if event.Params.Observer != seen {
				t.Errorf("the first event is that of observer %d, want %d", event.Params.Observer, seen)
			}
			a.post(protocol.MethodRequestStatus, fmt.Sprintf(`{"read":[%q]}`, pair.denied))
			var status protocol.Response
			if a.next(&status); status.ID != a.last {
				t.Errorf("something more came: %+v", status)
			}
		})
	}
}

// twinned is a portal that was granted the empty type of a pair.
type twinned struct {
	*world
	pair twin
	port protocol.Port
	uuid string // of an object of the denied type
	last int64  // id of the last request
}

func newTwinned(t *testing.T, pair twin) *twinned {
	t.Helper()
	w := newWorld(t)
	w.bring(pair.records, file("pen.json", penicillin))
	a := &twinned{world: w, pair: pair, port: w.attach(portalOrigin), last: 1}
	a.uuid = w.samples(w.page, store.Query{Type: pair.denied})[0].UUID
	introduce(t, a.port)
	request := store.AuthorizationRequest{Read: []store.TypeID{pair.denied, pair.empty}}
	answer := store.Answer{Read: []store.TypeID{pair.empty}, FutureRecords: store.FutureAlways}
	if known, _ := store.TypeByID(pair.denied); known.Kind == store.KindQuantity {
		request.ToShare = request.Read
	}
	if pair.own {
		answer.Share = request.ToShare
	}
	params, err := json.Marshal(request)
	w.must(err)
	a.post(protocol.MethodRequestAuthorization, string(params))
	w.answer(answer)
	a.succeeds()
	if pair.own {
		for _, id := range request.Read {
			known, _ := store.TypeByID(id)
			a.post(protocol.MethodSave, fmt.Sprintf(`{"samples":[{"type":%q,"startDate":1,"endDate":1,"value":1,"unit":%q}]}`, id, known.Unit))
			a.succeeds()
		}
	}
	return a
}

func (a *twinned) post(method, params string) {
	a.t.Helper()
	a.last++
	a.must(a.port.Send(protocol.Message{JSON: fmt.Appendf(nil, `{"id":%d,"method":%q,"params":%s}`, a.last, method, params)}))
}

func (a *twinned) next(into any) protocol.Message {
	a.t.Helper()
	m, ok := <-a.port.Receive()
	if !ok {
		a.t.Fatal("the engine closed the port")
	}
	if into != nil {
		a.must(json.Unmarshal(m.JSON, into))
	}
	return m
}

func (a *twinned) succeeds() {
	a.t.Helper()
	var r protocol.Response
	if a.next(&r); r.Error != nil {
		a.t.Fatal(r.Error)
	}
}

const noUUID = "00000000-0000-8000-8000-000000000000"

// learn returns all that the portal hears of a type, request by request.
func (a *twinned) learn(id store.TypeID) (heard []string) {
	uuid, resource, observer := a.uuid, a.pair.resource, int64(0)
	if id == a.pair.empty {
		uuid, resource = noUUID, a.pair.twinResource
	}
	var given struct {
		Result struct{ Anchor, Mark string }
	}
	for _, method := range slices.Sorted(maps.Keys(twinRequests)) {
		if method == protocol.MethodObserve {
			observer = a.last + 1
		}
		for _, params := range twinRequests[method] {
			a.post(method, strings.NewReplacer("TYPE", string(id), "UUID", uuid, "RESOURCE", resource,
				"ANCHOR", given.Result.Anchor, "MARK", given.Result.Mark, "OBSERVER", fmt.Sprint(observer)).Replace(params))
			heard = append(heard, method+params+" -> "+a.hide(a.next(&given), id))
		}
	}
	return heard
}

// varying is what differs from request to request, and opaque from type to type,
// by design: of opaque texts the length is kept.
var (
	varying = regexp.MustCompile(`"(id|date|dateAdded)":("[^"]*"|\d+)`)
	opaque  = regexp.MustCompile(`"(anchor|mark|uuid)":"([^"]*)"`)
)

// hide returns a message without what differs by design: the type's own names too.
func (a *twinned) hide(m protocol.Message, id store.TypeID) string {
	text := string(m.JSON)
	for _, buffer := range m.Buffers {
		text += " + " + string(buffer)
	}
	text = varying.ReplaceAllString(text, `"$1"`)
	text = opaque.ReplaceAllStringFunc(text, func(match string) string { return fmt.Sprintf("%.8s %d bytes", match, len(match)) })
	known, _ := store.TypeByID(id)
	return strings.NewReplacer(string(id), "TYPE", known.Title, "TITLE", `"unit":"`+known.Unit+`"`, "UNIT", "1 "+known.Display, "VALUE",
		a.pair.resource, "RESOURCE", a.pair.twinResource, "RESOURCE").Replace(text)
}
