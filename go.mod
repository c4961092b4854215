module github.com/keepwell-health/keepwell

go 1.26
