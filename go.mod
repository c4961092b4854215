module github.com/keepwell-health/keepwell

go 1.26.0

require github.com/andybalholm/brotli v1.2.1

require (
	filippo.io/age v1.3.2
	github.com/samply/golang-fhir-models/fhir-models v0.3.2
	golang.org/x/net v0.62.0
)

require filippo.io/hpke v0.4.0 // indirect

require (
	github.com/klauspost/compress v1.20.3
	github.com/syumai/workers v0.33.0
	golang.org/x/crypto v0.58.0
	golang.org/x/sys v0.49.0 // indirect
)
