package protocol

import "sync"

// Pipe returns the two ends of a channel in memory, for an engine and its
// client in one process. Nothing is copied: a sender gives up the buffers that
// it sends, as with a transfer in the browser. Send never blocks.
func Pipe() (Port, Port) {
	left, right := newQueue(), newQueue()
	return &pipePort{in: left, out: right}, &pipePort{in: right, out: left}
}

type pipePort struct{ in, out *queue }

func (p *pipePort) Send(m Message) error {
	if !p.out.push(m) {
		return ErrPortClosed
	}
	return nil
}

func (p *pipePort) Receive() <-chan Message { return p.in.messages }

// Close ends both directions: the other end still receives what was sent
// before, this one receives nothing more.
func (p *pipePort) Close() error {
	p.in.drop()
	p.out.end()
	return nil
}

// queue passes messages on in order and without a bound, so that a sender never
// waits for a receiver; a MessagePort behaves so (HTML section 9.4.4).
type queue struct {
	messages chan Message
	dropped  chan struct{} // closed by drop

	mu      sync.Mutex
	waiting []Message
	ended   bool
	gone    bool
	more    chan struct{} // holds one token when waiting or ended has changed
}

func newQueue() *queue {
	q := &queue{
		messages: make(chan Message),
		dropped:  make(chan struct{}),
		more:     make(chan struct{}, 1),
	}
	go q.pump()
	return q
}

// push reports whether the queue was still open.
func (q *queue) push(m Message) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		return false
	}
	q.waiting = append(q.waiting, m)
	q.wake()
	return true
}

// end lets what is waiting be received and nothing be pushed any more.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.wake()
}

// drop ends the queue and forgets what is waiting.
func (q *queue) drop() {
	q.end()
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.gone {
		q.gone = true
		close(q.dropped)
	}
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *queue) pump() {
	defer close(q.messages)
	for {
		batch, ended := q.take()
		for _, m := range batch {
			select {
			case q.messages <- m:
			case <-q.dropped:
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		if ended {
			return
		}
		<-q.more
	}
}

func (q *queue) take() (batch []Message, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.waiting = q.waiting, nil
	return batch, q.ended
}
