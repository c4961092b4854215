module github.com/keepwell-health/keepwell

go 1.26

require github.com/andybalholm/brotli v1.2.1

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/syumai/workers v0.33.0 // indirect
	golang.org/x/crypto v0.46.0
	golang.org/x/sys v0.39.0 // indirect
)
