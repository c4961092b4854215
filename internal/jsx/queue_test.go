package jsx

import (
	"testing"
	"time"
)

func TestQueueKeepsOrder(t *testing.T) {
	q := NewQueue[int]()
	for i := range 1000 {
		q.Push(i)
	}
	go func() {
		for i := 1000; i < 2000; i++ {
			q.Push(i)
		}
		q.Close()
		q.Push(-1) // too late
	}()
	want := 0
	for got := range q.Receive() {
		if got != want {
			t.Fatalf("received %d, want %d", got, want)
		}
		want++
	}
	if want != 2000 {
		t.Errorf("received %d values, want 2000", want)
	}
}

func TestQueueAbandoned(t *testing.T) {
	q := NewQueue[int]()
	q.Push(1)
	q.Push(2)
	values := q.Receive()
	q.Abandon()
	q.Abandon()
	q.Push(3)
	deadline := time.After(10 * time.Second)
	for {
		select {
		case _, open := <-values:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("an abandoned queue stays open")
		}
	}
}
