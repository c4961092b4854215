package lru

import "testing"

func TestCache(t *testing.T) {
	c := New[string, int](10)
	c.Put("a", 1, 4)
	c.Put("b", 2, 4)
	if v, ok := c.Get("a"); !ok || v != 1 {
		t.Fatalf("a = %d, %v", v, ok)
	}
	c.Put("c", 3, 4) // b was used longest ago
	if _, ok := c.Get("b"); ok {
		t.Error("b outlived the limit")
	}
	if _, ok := c.Get("a"); !ok {
		t.Error("a was dropped though used after b")
	}
	c.Put("a", 5, 6)
	if v, _ := c.Get("a"); v != 5 || c.size != 10 {
		t.Errorf("a = %d, size %d", v, c.size)
	}
	c.Put("a", 6, 11)
	if _, ok := c.Get("a"); ok || c.size != 4 {
		t.Errorf("a value beyond the limit was kept, or its old one; size %d", c.size)
	}
	c.Clear()
	if _, ok := c.Get("c"); ok || c.size != 0 {
		t.Error("something outlived Clear")
	}
}
