// Package lru keeps what was used last, up to a number of bytes.
package lru

import (
	"container/list"
	"sync"
)

// Cache maps keys to values whose sizes add up to at most its limit. It is
// safe for use by several goroutines.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	limit   int
	size    int
	order   *list.List // of entry[K, V]: the one used last in front
	entries map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

// New returns an empty cache that keeps up to limit bytes.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return &Cache[K, V]{limit: limit, order: list.New(), entries: map[K]*list.Element{}}
}

// Get returns the value of a key and marks it as used.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		var none V
		return none, false
	}
	c.order.MoveToFront(element)
	return element.Value.(entry[K, V]).value, true
}

// Put keeps a value of size bytes and drops the values unused for longest. A
// value larger than the limit is not kept.
func (c *Cache[K, V]) Put(key K, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(c.entries[key])
	if size > c.limit {
		return
	}
	for c.size+size > c.limit {
		c.remove(c.order.Back())
	}
	c.entries[key] = c.order.PushFront(entry[K, V]{key, value, size})
	c.size += size
}

// Clear drops everything.
func (c *Cache[K, V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.Init()
	clear(c.entries)
	c.size = 0
}

func (c *Cache[K, V]) remove(element *list.Element) {
	if element == nil {
		return
	}
	dropped := c.order.Remove(element).(entry[K, V])
	delete(c.entries, dropped.key)
	c.size -= dropped.size
}
