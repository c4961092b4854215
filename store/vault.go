package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxValue bounds what a stored value may decompress to, in bytes: a segment
// that holds one resource of the greatest size that the reader lets through
// (64 MiB), with room to spare.
const maxValue = 128 << 20

// errDamaged says that a stored value is missing or does not open.
var errDamaged = errors.New("store: a stored value is damaged")

// vault keeps values compressed and sealed, each bound to its key.
type vault struct {
	backend Backend
	sealer  Sealer
}

// pack returns the entry that keeps plain under key.
func (v vault) pack(ctx context.Context, key string, plain []byte) (Entry, error) {
	encoder, _ := codecs()
	sealed, err := v.sealer.Seal(ctx, key, encoder.EncodeAll(plain, make([]byte, 0, len(plain)/4)))
	return Entry{Key: key, Value: sealed}, err
}

// unpack undoes pack. The error wraps errDamaged when the value was altered.
func (v vault) unpack(ctx context.Context, key string, sealed []byte) ([]byte, error) {
	compressed, err := v.sealer.Open(ctx, key, sealed)
	if errors.Is(err, ErrSeal) {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	_, decoder := codecs()
	plain, err := decoder.DecodeAll(compressed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return plain, nil
}

// get returns the value packed under key. The error wraps errDamaged when it is
// missing or altered.
func (v vault) get(ctx context.Context, key string) ([]byte, error) {
	sealed, err := v.backend.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	return v.unpack(ctx, key, sealed)
}

// codecs returns the compressor and decompressor of zstd frames (RFC 8878).
// Both serve every store of the program, each with one worker: wasm has one
// thread, and their memory is dear. The fastest level is the one that an import
// of 43 MB affords in a browser. Sealing authenticates, so frames carry no
// checksum.
var codecs = sync.OnceValues(func() (*zstd.Encoder, *zstd.Decoder) {
	encoder, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithZeroFrames(true), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<19))
	if err != nil {
		panic(err) // the options are constants
	}
	decoder, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxValue))
	if err != nil {
		panic(err) // the options are constants
	}
	return encoder, decoder
})
