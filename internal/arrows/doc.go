// Package arrows holds the test of which room may import which. Like the
// standard library's go/build/deps_test.go it is a statement of policy: every
// rule says why, and a change of it is a decision.
package arrows
