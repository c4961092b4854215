package sheet

import "time"

// ArmDelay is how long a page must have been in sight, in a focused window,
// before its buttons count: a click meant for what was there before must not
// answer. Browsers' own prompts wait 500 ms (Firefox,
// security.notification_enable_delay); the rest is room for slow readers.
const ArmDelay = 800 * time.Millisecond

// Attention tells whether a person can mean what they click: for ArmDelay they have
// had it before them. The zero value but for Now has nobody before it.
type Attention struct {
	Now func() time.Time

	attended bool
	since    time.Time
}

// Attend tells whether the person can be looking. Every time they return, they have to
// look for as long again.
func (a *Attention) Attend(attended bool) {
	if attended && !a.attended {
		a.Restart()
	}
	a.attended = attended
}

// Restart tells that something else is in sight.
func (a *Attention) Restart() { a.since = a.Now() }

// Wait is how long clicks still don't count; 0 means that they do. It is ArmDelay
// while nobody attends.
func (a *Attention) Wait() time.Duration {
	if !a.attended {
		return ArmDelay
	}
	return max(0, ArmDelay-a.Now().Sub(a.since))
}
