package seal

import (
	"fmt"
	"testing"
)

func BenchmarkSealer(b *testing.B) {
	p := newPlace()
	k, err := OpenKeyring(b.Context(), p.backend, p.device)
	if err != nil {
		b.Fatal(err)
	}
	s, err := k.Sealer()
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 64 << 10, 256 << 10} {
		plaintext := make([]byte, size)
		sealed, err := s.Seal(b.Context(), "place", plaintext)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("Seal/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := s.Seal(b.Context(), "place", plaintext); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("Open/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := s.Open(b.Context(), "place", sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Identify", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Identify(b.Context(), "a label of an ordinary length, for a record"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPassphrase(b *testing.B) {
	for _, cost := range []Argon2{FloorArgon2, DefaultArgon2} {
		b.Run(fmt.Sprintf("%dMiB", cost.MemoryKiB>>10), func(b *testing.B) {
			secret, err := Passphrase("passphrase", &cost)
			if err != nil {
				b.Fatal(err)
			}
			params, err := secret.newParams(fixed())
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				secret.wrappingKey(params)
			}
		})
	}
}
