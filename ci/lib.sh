# What the scripts share. Every script starts at the repository's root.
set -eu
cd "$(dirname "$0")/.."

# step TITLE COMMAND... runs a command and prints how long it took.
step() {
	step_title=$1
	shift
	printf '== %s\n' "$step_title"
	step_start=$(date +%s)
	step_status=0
	"$@" || step_status=$?
	printf '== %s: %s in %s s\n' "$step_title" "$([ $step_status = 0 ] && echo ok || echo FAILED)" $(($(date +%s) - step_start))
	return $step_status
}

# need COMMAND PACKAGE... has the packages installed if the command is absent.
need() {
	need_command=$1
	shift
	command -v "$need_command" >/dev/null 2>&1 && return
	need_as=
	if [ "$(id -u)" != 0 ]; then
		need_as=sudo
		if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
			echo "$need_command is missing; on Debian: sudo apt-get install $*" >&2
			return 1
		fi
	fi
	$need_as apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $need_as apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# npm_ci FOLDER installs exactly what its lock file names, once.
npm_ci() {
	[ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return
	(cd "$1" && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json)
}

# tools builds the pinned tools of tools/go.mod into bin/.
tools() {
	GOBIN=$PWD/bin go -C tools install tool
}

# site builds what the browser's tests drive.
site() {
	go run ./internal/build -quality 5 -out bin/site -edge bin/edge
	go build -o bin/demo ./internal/demo
	go build -o bin/reader ./internal/reader
}
