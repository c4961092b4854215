//go:build js && wasm

package app

import (
	"context"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/web/dom"
)

// job is work on a backup that the person watches and may stop. It ends with the
// screen that it is on.
type job struct {
	app   *app
	ctx   context.Context
	stop  context.CancelFunc
	root  *dom.Element
	bar   *dom.Bar
	doing *dom.Element
	done  *dom.Element
	phase string
	told  float64 // fraction of the phase that a screen reader heard last
}

// newJob makes a job and its card. note says what stopping means.
func (a *app) newJob(s *screen, note string) *job {
	j := &job{app: a, bar: dom.NewBar(dom.Name("Progress")), doing: dom.P(dom.Class("doing"), dom.TabIndex(-1)), done: dom.P(dom.Class("note"))}
	j.ctx, j.stop = context.WithCancel(s.ctx)
	j.root = dom.Div(dom.Class("card progress"), j.doing, j.bar, j.done,
		dom.Div(dom.Class("actions"), dom.Button(dom.Class("button"), dom.Text("Cancel"), dom.OnClick(func() { j.stop() }))),
		dom.P(dom.Class("note"), dom.Text(note)))
	j.show(backup.Progress{})
	a.jobs++
	return j
}

// proceed takes the news of it.
func (j *job) proceed(params json.RawMessage) {
	var p backup.Progress
	if json.Unmarshal(params, &p) == nil {
		j.show(p)
	}
}

func (j *job) show(p backup.Progress) {
	if p.Total > 0 {
		j.bar.Set(backupFraction(p))
	} else {
		j.bar.RemoveAttribute("value") // no known end
	}
	if p.Phase != j.phase {
		j.phase, j.told = p.Phase, 0
		j.app.announcer.Say(backupDoing(p))
	}
	if part := backupFraction(p); part >= j.told+0.25 && part < 1 {
		j.told = part
		j.app.announcer.Say(Percent(p.Done, p.Total))
	}
	j.doing.SetText(backupDoing(p))
	j.done.SetText(backupDone(p))
}

// end must be called once, when the work has ended.
func (j *job) end() {
	j.stop()
	j.app.jobs--
}
