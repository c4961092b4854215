package jsx

import "sync"

// Queue hands values from callbacks, which must not block, to one reader. It
// grows as needed; its bound is what the sender sends.
type Queue[T any] struct {
	mu     sync.Mutex
	items  []T
	closed bool
	wake   chan struct{} // buffered(1): something changed
	out    chan T
	once   sync.Once
	gone   chan struct{} // closed by Abandon
	drop   sync.Once
}

// NewQueue returns an empty queue.
func NewQueue[T any]() *Queue[T] {
	return &Queue[T]{wake: make(chan struct{}, 1), out: make(chan T), gone: make(chan struct{})}
}

// Push adds a value and never blocks. After Close the value is dropped.
func (q *Queue[T]) Push(item T) {
	q.mu.Lock()
	if !q.closed {
		q.items = append(q.items, item)
	}
	q.mu.Unlock()
	q.signal()
}

// Close says that nothing follows. The reader still gets what was pushed.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

// Abandon says that nobody reads any more: what is queued is dropped.
func (q *Queue[T]) Abandon() {
	q.Close()
	q.drop.Do(func() { close(q.gone) })
}

// Receive returns the channel of values in the order pushed; it is closed after
// Close and the last value. Every call returns the same channel.
func (q *Queue[T]) Receive() <-chan T {
	q.once.Do(func() { go q.pump() })
	return q.out
}

func (q *Queue[T]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue[T]) pump() {
	defer close(q.out)
	for {
		items, closed := q.take()
		for _, item := range items {
			select {
			case q.out <- item:
			case <-q.gone:
				return
			}
		}
		if closed && len(items) == 0 {
			return
		}
		if len(items) > 0 {
			continue
		}
		select {
		case <-q.wake:
		case <-q.gone:
			return
		}
	}
}

func (q *Queue[T]) take() ([]T, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items, q.closed
}
