#!/bin/sh
# Fuzzes every parser in turn, FUZZTIME each. Minimizing what is new stops after ten
# tries: Go's default of 60 s for each would leave no time to fuzz.
. "$(dirname "$0")/lib.sh"

grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r folder; do
	for target in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$folder"/*_test.go | cut -c6-); do
		step "$folder $target" go test "$folder" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-60s}" -fuzzminimizetime 10x
	done
done
