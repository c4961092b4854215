package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// exchange sends one raw message and returns the answer.
func exchange(t *testing.T, port protocol.Port, m protocol.Message) protocol.Response {
	t.Helper()
	if err := port.Send(m); err != nil {
		t.Fatal(err)
	}
	return next(t, port)
}

func next(t *testing.T, port protocol.Port) protocol.Response {
	t.Helper()
	m, ok := <-port.Receive()
	if !ok {
		t.Fatal("the engine closed the port")
	}
	var r protocol.Response
	if err := json.Unmarshal(m.JSON, &r); err != nil {
		t.Fatalf("%v in %s", err, m.JSON)
	}
	return r
}

// introduce says hello by hand on a port.
func introduce(t *testing.T, port protocol.Port) {
	t.Helper()
	params, err := json.Marshal(clinic)
	if err != nil {
		t.Fatal(err)
	}
	r := exchange(t, port, protocol.Message{JSON: fmt.Appendf(nil, `{"id":1,"method":"hello","params":%s}`, params)})
	if r.Error != nil {
		t.Fatal(r.Error)
	}
}

func TestMessagesOfTheWrongShape(t *testing.T) {
	w := newWorld(t)
	port := w.attach(portalOrigin)
	introduce(t, port)
	deep := strings.Repeat(`{"not":`, 10_000) + `{}` + strings.Repeat(`}`, 10_000)
	for _, test := range []struct {
		name string
		json string
		id   int64 // of the answer; 0 where the message names none
		code store.Code
	}{
		{"empty", ``, 0, store.CodeInvalidArgument},
		{"no JSON", `hello`, 0, store.CodeInvalidArgument},
		{"cut short", `{"id":2,"method":"query"`, 0, store.CodeInvalidArgument},
		{"two values", `{"id":2,"method":"query"}{"id":3}`, 2, store.CodeInvalidArgument},
		{"a number", `7`, 0, store.CodeInvalidArgument},
		{"null", `null`, 0, store.CodeInvalidArgument},
		{"an array", `[{"id":2,"method":"query"}]`, 0, store.CodeInvalidArgument},
		{"no id", `{"method":"query"}`, 0, store.CodeInvalidArgument},
		{"id 0", `{"id":0,"method":"query"}`, 0, store.CodeInvalidArgument},
		{"id below 0", `{"id":-1,"method":"query"}`, 0, store.CodeInvalidArgument},
		{"id of the wrong type", `{"id":"2","method":"query"}`, 0, store.CodeInvalidArgument},
		{"id too large", `{"id":1e300,"method":"query"}`, 0, store.CodeInvalidArgument},
		{"no method", `{"id":2}`, 2, store.CodeInvalidArgument},
		{"unknown method", `{"id":2,"method":"everything"}`, 2, store.CodeInvalidArgument},
		{"method of another's", `{"id":2,"method":"erase"}`, 2, store.CodeInvalidArgument},
		{"method of an object's", `{"id":2,"method":"__proto__"}`, 2, store.CodeInvalidArgument},
		{"unknown field of the message", `{"id":2,"method":"query","token":1}`, 2, store.CodeInvalidArgument},
		{"params of the wrong type", `{"id":2,"method":"query","params":[]}`, 2, store.CodeInvalidArgument},
		{"unknown field", `{"id":2,"method":"query","params":{"type":"stepCount","predicat":{}}}`, 2, store.CodeInvalidArgument},
		{"field of the wrong type", `{"id":2,"method":"query","params":{"type":"stepCount","limit":"all"}}`, 2, store.CodeInvalidArgument},
		{"number too large", `{"id":2,"method":"query","params":{"type":"stepCount","limit":1e300}}`, 2, store.CodeInvalidArgument},
		{"nested 10,000 deep", `{"id":2,"method":"query","params":{"type":"stepCount","predicate":` + deep + `}}`, 2, store.CodeDataSizeExceeded},
		{"brackets without an end", strings.Repeat("[", 1000), 0, store.CodeDataSizeExceeded},
		{"too large", `{"id":2,"method":"` + strings.Repeat("q", appLimits.message) + `"}`, 0, store.CodeDataSizeExceeded},
		{"a second hello", `{"id":2,"method":"hello","params":{"name":"Bank"}}`, 2, store.CodeInvalidArgument},
		{"cancel of the wrong shape", `{"id":2,"method":"cancel","params":{"request":"1"}}`, 2, store.CodeInvalidArgument},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := exchange(t, port, protocol.Message{JSON: []byte(test.json)})
			if r.Error == nil || r.Error.Code != test.code || r.ID != test.id {
				t.Fatalf("answer is %+v (%v), want id %d and %s", r, r.Error, test.id, test.code)
			}
			if strings.Contains(r.Error.Message, strings.Repeat("q", 100)) {
				t.Error("the answer repeats what was sent")
			}
		})
	}
	r := exchange(t, port, protocol.Message{JSON: []byte(`{"id":9,"method":"authorizationStatus","params":{"type":"stepCount"}}`)})
	if r.Error != nil || r.ID != 9 {
		t.Errorf("afterwards the port answers %+v %v", r, r.Error)
	}
}

func TestNothingComesBesideAPortalsMessage(t *testing.T) {
	w := newWorld(t)
	port := w.attach(portalOrigin)
	introduce(t, port)
	near, far := protocol.Pipe()
	message := []byte(`{"id":2,"method":"sources","params":{"type":"stepCount"}}`)
	for _, m := range []protocol.Message{
		{JSON: message, Buffers: [][]byte{{1}}},
		{JSON: message, Ports: []protocol.Port{far}},
	} {
		if r := exchange(t, port, m); r.Error == nil || r.Error.Code != store.CodeInvalidArgument {
			t.Errorf("answer is %+v", r)
		}
	}
	if _, open := <-near.Receive(); open {
		t.Error("a port that was refused must be closed")
	}
}

func TestHelloComesFirst(t *testing.T) {
	w := newWorld(t)
	client := protocol.NewClient(w.attach(portalOrigin))
	for name := range w.engine.appMethods {
		if name == protocol.MethodHello || name == protocol.MethodBye {
			continue
		}
		_, err := client.Call(t.Context(), name, nil, nil)
		wantCode(t, err, store.CodeInvalidArgument)
	}
}

func TestHelloIsChecked(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", maxAppText+1)
	for name, test := range map[string]struct {
		change func(*store.AppDescription)
		code   store.Code
	}{
		"no name":                 {func(a *store.AppDescription) { a.Name = "" }, store.CodeInvalidArgument},
		"a name without end":      {func(a *store.AppDescription) { a.Name = long }, store.CodeDataSizeExceeded},
		"a name from right":       {func(a *store.AppDescription) { a.Name = "\u202egnoS" }, store.CodeInvalidArgument},
		"a name of two lines":     {func(a *store.AppDescription) { a.Name = "Clinic\nKeepwell" }, store.CodeInvalidArgument},
		"a usage without end":     {func(a *store.AppDescription) { a.Usage.Clinical = long }, store.CodeDataSizeExceeded},
		"a policy without end":    {func(a *store.AppDescription) { a.PrivacyPolicy = "https://portal.example/" + long }, store.CodeDataSizeExceeded},
		"a policy by plain http":  {func(a *store.AppDescription) { a.PrivacyPolicy = "http://portal.example/" }, store.CodeInvalidArgument},
		"a policy that is a code": {func(a *store.AppDescription) { a.PrivacyPolicy = "javascript:alert(1)" }, store.CodeInvalidArgument},
		"a policy with a user":    {func(a *store.AppDescription) { a.PrivacyPolicy = "https://keepwell.example@evil.example/" }, store.CodeInvalidArgument},
		"a policy of no host's":   {func(a *store.AppDescription) { a.PrivacyPolicy = "https://сlinic.example/" }, store.CodeInvalidArgument},
		"a policy without a host": {func(a *store.AppDescription) { a.PrivacyPolicy = "https:///privacy" }, store.CodeInvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			client := protocol.NewClient(w.attach(portalOrigin))
			app := clinic
			test.change(&app)
			_, err := client.Call(t.Context(), protocol.MethodHello, app, nil)
			wantCode(t, err, test.code)
		})
	}
}

func TestAttachIsChecked(t *testing.T) {
	w := newWorld(t)
	for _, origin := range []string{"null", "http://portal.example", "https://portal.example/path", ""} {
		near, far := protocol.Pipe()
		_, err := w.page.Do(t.Context(), protocol.Exchange{
			Method: protocol.MethodAttach, Params: protocol.AttachParams{Origin: origin}, Ports: []protocol.Port{far},
		})
		wantCode(t, err, store.CodeHealthDataRestricted)
		if _, open := <-near.Receive(); open {
			t.Errorf("%q: the port must be closed", origin)
		}
	}
	_, err := w.page.Call(t.Context(), protocol.MethodAttach, protocol.AttachParams{Origin: portalOrigin}, nil)
	wantCode(t, err, store.CodeInvalidArgument)
}

// A portal that reloads for hours leaves ports behind that no browser closes.
func TestTheOldestOfTooManyPortsIsClosed(t *testing.T) {
	w := newWorld(t)
	var ports []protocol.Port
	for range personLimits.attached + 1 {
		ports = append(ports, w.attach(portalOrigin))
	}
	if _, open := <-ports[0].Receive(); open {
		t.Error("the oldest port is still open")
	}
	introduce(t, ports[1])
	introduce(t, ports[personLimits.attached])
}

func TestByeClosesThePort(t *testing.T) {
	w := newWorld(t)
	detached := make(chan struct{}, 1)
	w.page.On(protocol.EventDetached, func(json.RawMessage) { detached <- struct{}{} })
	port := w.attach(portalOrigin)
	introduce(t, port)
	w.must(port.Send(protocol.Message{JSON: []byte(`{"id":2,"method":"bye"}`)}))
	<-detached
	if _, open := <-port.Receive(); open {
		t.Error("the port is still open")
	}
}

func TestRequestsUnderWayAreBounded(t *testing.T) {
	w := newWorld(t)
	started := make(chan struct{}, 100)
	w.engine.appMethods["wait"] = method{do: func(ctx context.Context, _ *call) (reply, error) {
		started <- struct{}{}
		<-ctx.Done()
		return reply{}, ctx.Err()
	}}
	port := w.attach(portalOrigin)
	introduce(t, port)
	send := func(id int) {
		w.must(port.Send(protocol.Message{JSON: fmt.Appendf(nil, `{"id":%d,"method":"wait"}`, id)}))
	}
	for id := range appLimits.inFlight {
		send(100 + id)
		<-started
	}
	send(99)
	if r := next(t, port); r.ID != 99 || r.Error == nil || r.Error.Code != store.CodeDataSizeExceeded {
		t.Fatalf("one more is answered with %+v", r)
	}
	w.must(port.Send(protocol.Message{JSON: []byte(`{"id":98,"method":"cancel","params":{"request":100}}`)}))
	codes := map[int64]*protocol.Error{}
	for range 2 {
		r := next(t, port)
		codes[r.ID] = r.Error
	}
	if codes[98] != nil || codes[100] == nil || codes[100].Code != store.CodeUserCanceled {
		t.Errorf("after a cancel come %v", codes)
	}
	send(101)
	if r := next(t, port); r.ID != 101 || r.Error == nil || r.Error.Code != store.CodeInvalidArgument {
		t.Errorf("an id that is under way is answered with %+v", r)
	}
	send(100)
	<-started // the place is free again
}

func TestAPanicIsOneRequestsFailure(t *testing.T) {
	w := newWorld(t)
	var stack []byte
	w.engine.options.Panicked = func(s []byte) { stack = s }
	w.engine.appMethods["fall"] = method{do: func(context.Context, *call) (reply, error) { panic("secret value") }}
	client := w.portal(portalOrigin)
	_, err := client.Call(t.Context(), "fall", nil, nil)
	wantCode(t, err, store.CodeUnknown)
	if strings.Contains(err.Error(), "secret") || !bytes.Contains(stack, []byte("session.go")) || bytes.Contains(stack, []byte("secret")) {
		t.Errorf("error %q, stack %s", err, stack)
	}
	w.call(client, protocol.MethodAuthorizationStatus, protocol.TypeParams{Type: "stepCount"}, nil)
}

func TestAResultCanBeTooLarge(t *testing.T) {
	w := newWorld(t)
	w.engine.appMethods["much"] = method{do: func(context.Context, *call) (reply, error) {
		return reply{result: strings.Repeat("x", appLimits.result)}, nil
	}}
	_, err := w.portal(portalOrigin).Call(t.Context(), "much", nil, nil)
	wantCode(t, err, store.CodeDataSizeExceeded)
}

// Without a limit a portal could have the engine gather years of heartbeats before
// it hears that they are too many.
func TestNoMoreSamplesAreGatheredThanAResultHolds(t *testing.T) {
	defer func(most int) { appLimits.samples = most }(appLimits.samples)
	appLimits.samples = 2
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	done := w.ask(portal, store.AuthorizationRequest{Read: []store.TypeID{steps}, ToShare: []store.TypeID{steps}})
	w.answer(store.Answer{Read: []store.TypeID{steps}, Share: []store.TypeID{steps}})
	w.must(<-done)
	save := func(at int64) {
		sample := store.Sample{Type: steps, StartDate: at, EndDate: at, Value: new(float64), Unit: "count"}
		w.call(portal, protocol.MethodSave, protocol.SaveParams{Samples: []store.Sample{sample}}, nil)
	}
	save(1)
	save(2)
	for _, limit := range []int{0, 1, 2, 3} {
		w.call(portal, protocol.MethodQuery, store.Query{Type: steps, Limit: limit}, nil)
		w.call(portal, protocol.MethodAnchored, store.AnchoredQuery{Type: steps, Limit: limit}, nil)
	}
	for at := range 8 {
		save(int64(3 + at))
	}
	gathered := func() (count int) { // in all, as the access log has it
		var log protocol.AccessLogResult
		w.call(w.page, protocol.MethodAccessLog, nil, &log)
		for _, line := range log.Accesses {
			if line.Operation == store.AccessRead {
				count += line.Count
			}
		}
		return count
	}
	before := gathered()
	for _, limit := range []int{0, 3, 1 << 40} {
		_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: steps, Limit: limit}, nil)
		wantCode(t, err, store.CodeDataSizeExceeded)
		_, err = portal.Call(t.Context(), protocol.MethodAnchored, store.AnchoredQuery{Type: steps, Limit: limit}, nil)
		wantCode(t, err, store.CodeDataSizeExceeded)
	}
	if count := gathered() - before; count > 2*3*(appLimits.samples+1) {
		t.Errorf("%d samples were gathered for six results that are refused", count)
	}
	w.call(portal, protocol.MethodQuery, store.Query{Type: steps, Limit: 2, Offset: 2}, nil)
	_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: steps, Limit: -1}, nil)
	wantCode(t, err, store.CodeInvalidArgument)
	if all := w.samples(w.page, store.Query{Type: steps}); len(all) != 10 {
		t.Errorf("the person finds %d samples, want all 10", len(all))
	}
}

// However many a portal asks for, and over however many ports, few results are in
// memory at once.
func TestFewResultsAreGatheredAtOnce(t *testing.T) {
	w := newWorld(t)
	started, release := make(chan struct{}, 100), make(chan struct{})
	w.engine.appMethods["gather"] = gathering(method{do: func(ctx context.Context, _ *call) (reply, error) {
		started <- struct{}{}
		<-release
		return reply{}, nil
	}})
	ports := []protocol.Port{w.attach(portalOrigin), w.attach("https://other.example")}
	for _, port := range ports {
		introduce(t, port)
		for id := range maxReads {
			w.must(port.Send(protocol.Message{JSON: fmt.Appendf(nil, `{"id":%d,"method":"gather"}`, 10+id)}))
		}
		// Answered after those before it were taken in.
		w.must(port.Send(protocol.Message{JSON: []byte(`{"id":2,"method":"unobserve","params":{"observer":1}}`)}))
		if r := next(t, port); r.ID != 2 {
			t.Fatalf("request %d is answered", r.ID)
		}
	}
	for range maxReads {
		<-started
	}
	if len(started) > 0 {
		t.Errorf("%d more results are gathered", len(started))
	}
	close(release)
	for _, port := range ports {
		for range maxReads {
			next(t, port)
		}
	}
}

func TestWhatAnObserverAsksForIsBounded(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	params := protocol.ObserveParams{Type: steps, Predicate: &store.Predicate{Sources: []string{strings.Repeat("s", appLimits.watching)}}}
	_, err := portal.Call(t.Context(), protocol.MethodObserve, params, nil)
	wantCode(t, err, store.CodeDataSizeExceeded)
}

func TestAPageThatGoesTakesItsPortalsAlong(t *testing.T) {
	w := newWorld(t)
	port := w.attach(portalOrigin)
	introduce(t, port)
	w.must(w.page.Close())
	for range port.Receive() { // ends when the engine closes the port
	}
}

// A portal that sends what it likes gets typed errors only, one answer a
// message, and the engine goes on.
func TestFlood(t *testing.T) {
	messages := 100_000
	if testing.Short() {
		messages = 5_000
	}
	w := newWorld(t)
	port := w.attach(portalOrigin)
	introduce(t, port)
	random := rand.New(rand.NewPCG(7, 11))
	answered := make(chan map[store.Code]int)
	go func() { answered <- countCodes(t, port, messages) }()
	for range messages {
		w.must(port.Send(protocol.Message{JSON: randomMessage(random)}))
	}
	codes := <-answered
	t.Log(codes)
	if codes[store.CodeUnknown] > 0 {
		t.Errorf("%d messages made the engine fail", codes[store.CodeUnknown])
	}
	client := w.portal("https://other.example")
	w.call(client, protocol.MethodRequestStatus, store.AuthorizationRequest{Read: []store.TypeID{"stepCount"}}, nil)
}

func countCodes(t *testing.T, port protocol.Port, messages int) map[store.Code]int {
	codes := map[store.Code]int{}
	for range messages {
		m, ok := <-port.Receive()
		var r protocol.Response
		if !ok || json.Unmarshal(m.JSON, &r) != nil {
			t.Error("an answer is missing or not JSON")
			return codes
		}
		if r.Error != nil {
			codes[r.Error.Code]++
		} else {
			codes["ok"]++
		}
	}
	return codes
}

// randomMessage is now and then almost right.
func randomMessage(random *rand.Rand) []byte {
	pick := func(options ...string) string { return options[random.IntN(len(options))] }
	value := func() string {
		return pick(`{}`, `[]`, `null`, `-1`, `1e400`, `"x"`, `true`, `"labResultRecord"`, `["stepCount","labResultRecord"]`,
			`{"not":{"and":[{},{"or":[]}]}}`, `{"quantity":{"operator":"~","value":1,"unit":"%"}}`, `"\ud800"`)
	}
	// Without bye, after which nothing is answered.
	method := pick("query", "sources", "anchored", "resource", "requestStatus", "authorizationStatus",
		"hello", "erase", "attach", "answer", "cancel", "save", "delete", "", "constructor")
	field := func() string {
		return pick("type", "limit", "offset", "predicate", "sort", "anchor", "uuid", "read", "toShare", "required", "samples", "uuids", "request", "x") +
			`":` + value()
	}
	text := fmt.Appendf(nil, `{"id":%d,"method":%q,"params":{"%s,"%s}}`, 1+random.IntN(1_000_000), method, field(), field())
	for range random.IntN(3) { // damage some
		text[random.IntN(len(text))] = byte(random.IntN(256))
	}
	if bytes.Contains(text, []byte(`"bye"`)) {
		return nil
	}
	return text
}

func TestCheckDepth(t *testing.T) {
	for _, test := range []struct {
		json string
		ok   bool
	}{
		{`[[[]]]`, true},
		{`[[[[]]]]`, false},
		{`{"a":{"b":[]}}`, true},
		{`{"a":{"b":[{}]}}`, false},
		{`["[[[[[[", "\"[[[[[[", "\\"]`, true},
		{`"[[[[`, true},
		{`"\`, true},
		{`[][][][][][]`, true},
		{`]]]][[[[`, true},
	} {
		if err := checkDepth([]byte(test.json), 3); (err == nil) != test.ok {
			t.Errorf("checkDepth(%s) = %v", test.json, err)
		}
	}
}

func FuzzAccept(f *testing.F) {
	for _, seed := range []string{
		`{"id":2,"method":"query","params":{"type":"stepCount"}}`,
		`{"id":2,"method":"requestStatus","params":{"read":["stepCount"]}}`,
		`{"id":2,"method":"save","params":{"samples":[{"type":"stepCount","startDate":1,"endDate":2,"value":3,"unit":"count"}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if bytes.Contains(message, []byte("bye")) || bytes.Contains(message, []byte("requestAuth")) {
			t.Skip() // these are not answered, or wait for a person
		}
		w := newWorld(t)
		port := w.attach(portalOrigin)
		introduce(t, port)
		if r := exchange(t, port, protocol.Message{JSON: message}); r.Error != nil && r.Error.Code == store.CodeUnknown {
			t.Errorf("%s failed inside", message)
		}
	})
}

// limitedPort notes the limit that it is given.
type limitedPort struct {
	protocol.Port
	limit int
}

func (p *limitedPort) Limit(limit int) { p.limit = limit }

func TestAPortalsPortIsLimitedBeforeItIsRead(t *testing.T) {
	e := New(Options{})
	for who, want := range map[Principal]int{App(portalOrigin): appLimits.message, Person(): 0} {
		near, far := protocol.Pipe()
		port := &limitedPort{Port: far}
		w := near.Close() // ends Serve at once
		e.Serve(t.Context(), port, who)
		if w != nil || port.limit != want {
			t.Errorf("%+v: the limit is %d, want %d", who, port.limit, want)
		}
	}
}
