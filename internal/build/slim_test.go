package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program does what needs the tables that stay: it grows its stack, collects
// garbage with live pointers on it, and recovers from a panic.
const program = `package main

import (
	"fmt"
	"runtime"
	"strings"
)

func deep(n int, held *[]string) int {
	var pad [256]byte
	if n == 0 {
		runtime.GC()
		return len(*held)
	}
	*held = append(*held, strings.Repeat("x", n))
	return deep(n-1, held) + int(pad[n%256])
}

func recovered() (text string) {
	defer func() {
		_, file, line, ok := runtime.Caller(0)
		text = fmt.Sprint(recover(), file, line, ok)
	}()
	var none []int
	return fmt.Sprint(none[3])
}

func main() {
	var held []string
	fmt.Println(deep(2000, &held), len(strings.Join(held, "")))
	fmt.Println(recovered())
	panic("a trace")
}
`

// module builds program for the browser.
func module(t *testing.T) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program for the browser")
	}
	folder := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module program\n", "main.go": program} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	built, err := linkModule(t.Context(), folder, ".", hot)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestSlimKeepsTheRest(t *testing.T) {
	before := module(t)
	after, err := slim(before)
	if err != nil {
		t.Fatal(err)
	}
	was, is := must(readSections(before))(t), must(readSections(after))(t)
	was = slices.DeleteFunc(was, isNames)
	for i := range was {
		if was[i].id != is[i].id || was[i].id != dataSection && !bytes.Equal(was[i].content, is[i].content) {
			t.Errorf("section %d was changed", was[i].id)
		}
	}
	again, err := slim(after)
	if err != nil || !bytes.Equal(again, after) {
		t.Errorf("a second time changes more: %v", err)
	}
	data := func(s section) bool { return s.id == dataSection }
	segments, _ := binary.Uvarint(is[slices.IndexFunc(is, data)].content)
	if segments != 1 {
		t.Errorf("%d segments", segments)
	}
	if bytes.Contains(after, []byte("runtime/panic.go")) || !bytes.Contains(after, []byte("runtime.gopanic")) {
		t.Error("files should be gone and functions named")
	}
}

// TestSlimClearsTrees holds that the data of inlined calls are found in a real module
// and set to zero, so that they weigh nothing.
func TestSlimClearsTrees(t *testing.T) {
	before := module(t)
	sections := must(readSections(before))(t)
	content := sections[slices.IndexFunc(sections, func(s section) bool { return s.id == dataSection })].content
	memory := must(readData(content))(t).content
	lines := must(findLineTable(memory))(t)
	if len(lines.data) == 0 {
		t.Fatal("the data of functions are not found")
	}
	was := bytes.Clone(lines.data)
	if err := stripLines(memory); err != nil {
		t.Fatal(err)
	}
	cleared := 0
	for i, b := range was {
		if lines.data[i] != b {
			cleared++
			if lines.data[i] != 0 {
				t.Fatalf("byte %d became %d", i, lines.data[i])
			}
		}
	}
	if cleared < 10_000 {
		t.Errorf("%d bytes were set to zero", cleared)
	}
}

// isNames tells the section that slim drops.
func isNames(s section) bool {
	return s.id == customSection && bytes.HasPrefix(s.content, []byte("\x04name"))
}

// TestSlimRuns runs the program before and after: all that it prints but line
// numbers is the same.
func TestSlimRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here to run a module")
	}
	before := module(t)
	after, err := slim(before)
	if err != nil {
		t.Fatal(err)
	}
	was, is := runModule(t, node, before), runModule(t, node, after)
	wasLines, isLines := strings.Split(was, "\n"), strings.Split(is, "\n")
	if wasLines[0] != "2000 2001000" || isLines[0] != wasLines[0] {
		t.Errorf("the program printed %q, then %q", wasLines[0], isLines[0])
	}
	const caught = "runtime error: index out of range [3] with length 0"
	if !strings.HasPrefix(wasLines[1], caught) || !strings.HasPrefix(isLines[1], caught) {
		t.Errorf("it recovered %q, then %q", wasLines[1], isLines[1])
	}
	if !strings.Contains(is, "panic: a trace") || !strings.Contains(is, "main.main()") || strings.Contains(is, "main.go") {
		t.Errorf("the trace should name functions alone:\n%s", is)
	}
}

func runModule(t *testing.T, node string, content []byte) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec_node.js"), file)
	command.Env = []string{}
	output, _ := command.CombinedOutput() // it ends by a panic
	return string(output)
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// table makes the smallest line table that passes, with changes to its words.
func table(change func(words []uint64)) []byte {
	words := []uint64{1, 1, 0, 72, 72, 76, 80, 88}
	if change != nil {
		change(words)
	}
	memory := bytes.Clone(lineTableMagic)
	for _, word := range words {
		memory = binary.LittleEndian.AppendUint64(memory, word)
	}
	memory = append(memory, "unitfile"...)
	memory = append(memory, 0, 2, 1, 0, 9, 9, 9, 0) // the function's stack table, then lines
	memory = append(memory, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0)
	function := make([]byte, functionSize)
	function[offsetPCSP], function[offsetPCFile], function[offsetPCLine] = 1, 4, 4
	return append(memory, function...)
}

func TestStripLines(t *testing.T) {
	memory := table(nil)
	if err := stripLines(memory); err != nil {
		t.Fatal(err)
	}
	if got := memory[72:88]; !bytes.Equal(got, []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0}) {
		t.Errorf("units, files and tables: %v", got)
	}
	function := memory[len(memory)-functionSize:]
	if function[offsetPCSP] != 1 || function[offsetPCFile] != 0 || function[offsetPCLine] != 0 {
		t.Errorf("function: %v", function)
	}
}

func TestBadModules(t *testing.T) {
	dataOf := func(content ...byte) []byte {
		return slices.Concat([]byte(wasmHeader), []byte{dataSection, byte(len(content))}, content)
	}
	for what, module := range map[string][]byte{
		"empty":                  nil,
		"text":                   []byte("<!doctype html>"),
		"a section cut short":    []byte(wasmHeader + "\x0b\x7f\x01"),
		"an endless size":        []byte(wasmHeader + "\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		"no segments":            dataOf(0),
		"a passive segment":      dataOf(1, 1, 1, 'x'),
		"a segment cut short":    dataOf(1, 0, i32Const, 4, end, 9, 'x'),
		"a negative offset":      dataOf(1, 0, i32Const, 0x7f, end, 1, 'x'),
		"segments that overlap":  dataOf(2, 0, i32Const, 4, end, 2, 'x', 'x', 0, i32Const, 5, end, 1, 'x'),
		"bytes after the last":   dataOf(1, 0, i32Const, 4, end, 1, 'x', 'y'),
		"data without the table": dataOf(1, 0, i32Const, 4, end, 1, 'x'),
	} {
		if _, err := slim(module); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	for what, change := range map[string]func([]uint64){
		"too many functions":       func(w []uint64) { w[0] = 1 << 40 },
		"no functions":             func(w []uint64) { w[0] = 0 },
		"tables out of order":      func(w []uint64) { w[6] = 200 },
		"a table beyond the end":   func(w []uint64) { w[7] = 1 << 40 },
		"a table before the start": func(w []uint64) { w[4] = 0 },
		"a negative offset":        func(w []uint64) { w[5] = 1 << 63 },
	} {
		if err := stripLines(table(change)); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func FuzzSlim(f *testing.F) {
	memory := table(nil)
	f.Add(slices.Concat([]byte(wasmHeader), data{start: 4096, content: memory}.section()))
	f.Add([]byte(wasmHeader))
	f.Fuzz(func(t *testing.T, module []byte) {
		after, err := slim(module)
		if err != nil {
			return
		}
		again, err := slim(after)
		if err != nil || !bytes.Equal(again, after) {
			t.Errorf("a second time: %v", err)
		}
	})
}

// section is the data section with its header.
func (d data) section() []byte {
	content := d.encode()
	return append(binary.AppendUvarint([]byte{dataSection}, uint64(len(content))), content...)
}
