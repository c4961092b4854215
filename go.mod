module github.com/keepwell-health/keepwell

go 1.26

require github.com/andybalholm/brotli v1.2.1
