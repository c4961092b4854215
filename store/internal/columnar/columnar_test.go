package columnar

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var shape = Shape{Strings: 3, Ints: 2, Floats: 1}

func row(a, b, c string, i, j int64, value Float) Row {
	return Row{Strings: []string{a, b, c}, Ints: []int64{i, j}, Floats: []Float{value}}
}

func tableOf(rows []Row) *Table {
	b := NewBuilder(shape)
	for _, r := range rows {
		b.Append(r)
	}
	return b.Table()
}

// same fails unless the table holds exactly rows, bit by bit.
func same(t *testing.T, table *Table, rows []Row) {
	t.Helper()
	if table.Rows() != len(rows) {
		t.Fatalf("%d rows, want %d", table.Rows(), len(rows))
	}
	for at, want := range rows {
		for column, s := range want.Strings {
			if got := table.String(column, at); got != s {
				t.Fatalf("row %d, string %d = %q, want %q", at, column, got, s)
			}
		}
		for column, n := range want.Ints {
			if got := table.Int(column, at); got != n {
				t.Fatalf("row %d, int %d = %d, want %d", at, column, got, n)
			}
		}
		for column, f := range want.Floats {
			got, ok := table.Float(column, at)
			if ok != f.Valid || ok && math.Float64bits(got) != math.Float64bits(f.Value) {
				t.Fatalf("row %d, float %d = %v %v, want %v", at, column, got, ok, f)
			}
		}
	}
}

func some(value float64) Float { return Float{Value: value, Valid: true} }

var cases = map[string][]Row{
	"no rows":   {},
	"one row":   {row("a", "", "c", 1, -1, some(2.5))},
	"constants": {row("a", "b", "", 7, 0, some(1)), row("a", "b", "", 7, 0, some(1))},
	"no values": {row("a", "b", "", 7, 0, Float{}), row("a", "b", "", 8, 0, Float{})},
	"late changes": {row("a", "", "", 1, 1, Float{}), row("a", "", "", 1, 1, Float{}), row("b", "x", "", 2, 1, some(3)),
		row("a", "y", "", 1, 1, Float{})},
	"extreme numbers": {row("", "", "", math.MinInt64, math.MaxInt64, some(math.Inf(1))),
		row("", "", "", math.MaxInt64, math.MinInt64, some(math.NaN())), row("", "", "", 0, 0, some(math.Copysign(0, -1))),
		row("", "", "", -1, 1, some(math.MaxFloat64)), row("", "", "", 1, -1, some(math.SmallestNonzeroFloat64))},
	"shared strings":            {row("a", "a", "b", 0, 0, Float{}), row("b", "a", "a", 0, 0, Float{})},
	"decimals":                  {row("", "", "", 0, 0, some(0.1)), row("", "", "", 0, 0, some(0.25)), row("", "", "", 0, 0, some(-98.6))},
	"not decimals":              {row("", "", "", 0, 0, some(1.0/3)), row("", "", "", 0, 0, some(2.0/3))},
	"too long for one exponent": {row("", "", "", 0, 0, some(1<<52)), row("", "", "", 0, 0, some(0.001))},
}

func TestRoundTrip(t *testing.T) {
	for name, rows := range cases {
		t.Run(name, func(t *testing.T) {
			table := tableOf(rows)
			same(t, table, rows)
			decoded, err := Decode(shape, table.Encode())
			if err != nil {
				t.Fatal(err)
			}
			same(t, decoded, rows)
			if !bytes.Equal(decoded.Encode(), table.Encode()) {
				t.Error("encoding again gives other bytes")
			}
		})
	}
}

// TestRandom takes random tables through encoding and picking.
func TestRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var rows []Row
		variety := 1 + random.IntN(5)
		for range random.IntN(100) {
			value := Float{Value: float64(random.IntN(1000)) / 100, Valid: random.IntN(variety) == 0}
			if !value.Valid {
				value.Value = 0
			}
			rows = append(rows, row(fmt.Sprint(random.IntN(variety)), fmt.Sprint(len(rows)), "",
				int64(len(rows)*60_000+random.IntN(variety)), int64(random.IntN(variety)), value))
		}
		table, err := Decode(shape, tableOf(rows).Encode())
		if err != nil {
			t.Fatal(err)
		}
		same(t, table, rows)
		order := random.Perm(len(rows))
		picked := make([]Row, len(rows))
		for at, from := range order {
			picked[at] = rows[from]
		}
		same(t, table.Pick(order), picked)
		again, err := Decode(shape, table.Pick(order).Encode())
		if err != nil {
			t.Fatal(err)
		}
		same(t, again, picked)
	}
}

// TestCompact holds the size of what wearables write: a heart rate every few
// seconds takes at most 3 bytes before compression.
func TestCompact(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	b := NewBuilder(shape)
	at := int64(1_600_000_000_000)
	for range 10_000 {
		at += int64(1+random.IntN(10)) * 1000
		b.Append(row("heartRate", "count/min", "", at, 0, some(float64(60+random.IntN(60)))))
	}
	if size := len(b.Table().Encode()); size > 3*10_000 {
		t.Errorf("10,000 rows take %d bytes", size)
	}
}

func TestPickNone(t *testing.T) {
	same(t, tableOf(cases["late changes"]).Pick(nil), nil)
}

func TestMalformed(t *testing.T) {
	good := tableOf(cases["late changes"]).Encode()
	for end := range good {
		if _, err := Decode(shape, good[:end]); err != ErrMalformed {
			t.Errorf("cut to %d bytes: %v", end, err)
		}
	}
	if _, err := Decode(shape, append(slices.Clone(good), 0)); err != ErrMalformed {
		t.Errorf("one byte more: %v", err)
	}
	if _, err := Decode(Shape{Strings: 2, Ints: 2, Floats: 1}, good); err != ErrMalformed {
		t.Errorf("another shape: %v", err)
	}
	huge := &Encoder{}
	for _, v := range []uint64{MaxRows + 1, 3, 2, 1} {
		huge.Uvarint(v)
	}
	if _, err := Decode(shape, huge.Bytes); err != ErrMalformed {
		t.Errorf("too many rows: %v", err)
	}
}

// FuzzDecode checks that any bytes are read without a panic and without taking
// much more memory than they have, and that what is read is written so that it
// reads the same.
func FuzzDecode(f *testing.F) {
	for _, rows := range cases {
		f.Add(tableOf(rows).Encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := Decode(shape, b)
		if err != nil {
			return
		}
		if limit := 64*len(b) + 1024; table.Size() > limit {
			t.Fatalf("%d bytes took %d", len(b), table.Size())
		}
		again, err := Decode(shape, table.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if again.Rows() > 1000 {
			return
		}
		for at := range again.Rows() {
			for column := range shape.Strings {
				if again.String(column, at) != table.String(column, at) {
					t.Fatal("a string changed")
				}
			}
			for column := range shape.Ints {
				if again.Int(column, at) != table.Int(column, at) {
					t.Fatal("an integer changed")
				}
			}
		}
	})
}
