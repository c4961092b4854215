# Two commands are all that a newcomer needs: make demo and make test.
.PHONY: demo test build edge lint fuzz crash bench clean

demo: build ## serve the person's page and an example portal; PORT and PORTAL_PORT choose the ports
	@go build -o bin/demo ./internal/demo && exec bin/demo

test: ## install what is missing, then run everything there is to run
	@ci/test.sh

build: ## write the whole static site to dist/
	@go run ./internal/build

edge: ## serve the site from Cloudflare's runtime on this machine; EDGE_PORT chooses the port, FRAME_ANCESTORS who may frame frame.html
	@ci/edge.sh

lint: ## formatting, vet and staticcheck for both platforms
	@ci/lint.sh

fuzz: ## every parser for FUZZTIME (60s)
	@ci/fuzz.sh

crash: ## kill a browser at work ROUNDS (50) times; SEED repeats a run
	@ci/crash.sh

bench: build ## FHIR beside Dexie and RxDB, ten years of Apple Health beside DOMParser and saxes; needs 2 GB of disk
	@ci/bench.sh

clean:
	rm -rf bin dist e2e/node_modules wasm/edge/node_modules bench/node_modules bench/out
