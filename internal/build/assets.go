package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	// inclusion is a line of a script that names another one; the script takes
	// its place. The engine's worker may load nothing (its policy), and the page
	// saves a request.
	inclusion = regexp.MustCompile(`(?m)^(?:import|importScripts\() ?"\./([^"/]+)"\)?;$`)
	// neighbour is how an asset refers to another: "./x.css".
	neighbour = regexp.MustCompile(`\./([\w-]+(?:\.[\w-]+)+)`)
	// fromPage is how a page of the root refers to an asset: by its place in the
	// repository.
	fromPage = regexp.MustCompile(`\bweb/static/([\w-]+(?:\.[\w-]+)+)`)
	// fromManifest is how a web app manifest refers to an icon.
	fromManifest = regexp.MustCompile(`("src":\s*")([\w-]+(?:\.[\w-]+)+)`)
)

// addAssets names every asset by its contents, those that others refer to
// first, so that a changed file changes the names of all that depend on it.
func (s *site) addAssets(sources map[string][]byte) error {
	if err := include(sources); err != nil {
		return err
	}
	names := make([]string, 0, len(sources))
	for name := range sources {
		if !isManifest(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := s.addAsset(sources, name, nil); err != nil {
			return err
		}
	}
	s.addManifests(sources)
	return nil
}

// include puts included scripts in their place; they are no assets of their own.
func include(sources map[string][]byte) error {
	var included []string
	for name, content := range sources {
		if !isScript(name) {
			continue
		}
		var missing string
		sources[name] = inclusion.ReplaceAllFunc(content, func(line []byte) []byte {
			other := string(inclusion.FindSubmatch(line)[1])
			script, ok := sources[other]
			if !ok {
				missing = other
			}
			included = append(included, other)
			return script
		})
		if missing != "" {
			return fmt.Errorf("%s includes %s, which is not there", name, missing)
		}
	}
	for _, name := range included {
		delete(sources, name)
	}
	return nil
}

// addAsset adds one asset after those it refers to; above is the way there.
func (s *site) addAsset(sources map[string][]byte, name string, above []string) error {
	if _, done := s.named[name]; done {
		return nil
	}
	if slices.Contains(above, name) {
		return fmt.Errorf("assets refer to each other in a circle: %s", strings.Join(append(above, name), " -> "))
	}
	content := sources[name]
	if refers(name) {
		for _, match := range neighbour.FindAllSubmatch(content, -1) {
			other := string(match[1])
			if _, known := sources[other]; !known {
				continue
			}
			if err := s.addAsset(sources, other, append(above, name)); err != nil {
				return err
			}
		}
		content = neighbour.ReplaceAllFunc(content, func(reference []byte) []byte {
			hashed, ok := s.named[string(reference[len("./"):])]
			if !ok {
				return reference
			}
			return []byte("./" + path.Base(hashed))
		})
	}
	s.named[name] = "assets/" + hashedName(name, content)
	s.files[s.named[name]] = content
	return nil
}

// pointToAssets puts the hashed names into a page.
func (s *site) pointToAssets(pageName string, page []byte) ([]byte, error) {
	var missing string
	page = fromPage.ReplaceAllFunc(page, func(reference []byte) []byte {
		name := string(fromPage.FindSubmatch(reference)[1])
		if isManifest(name) {
			return []byte(name)
		}
		hashed, ok := s.named[name]
		if !ok {
			missing = name
		}
		return []byte(hashed)
	})
	if missing != "" {
		return nil, fmt.Errorf("%s refers to %s, which is not there", pageName, missing)
	}
	return page, nil
}

// addManifests puts web app manifests beside the page: their start_url and scope
// are relative to their own address, which stays the same as long as the app is
// installed.
func (s *site) addManifests(sources map[string][]byte) {
	for name, content := range sources {
		if !isManifest(name) {
			continue
		}
		s.files[name] = fromManifest.ReplaceAllFunc(content, func(reference []byte) []byte {
			parts := fromManifest.FindSubmatch(reference)
			if hashed, ok := s.named[string(parts[2])]; ok {
				return append(parts[1], hashed...)
			}
			return reference
		})
	}
}

// hashedName puts 64 bits of the contents' SHA-256 before the extension, as
// web/host expects it.
func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	extension := path.Ext(name)
	return strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:8]) + extension
}

func isManifest(name string) bool { return path.Ext(name) == ".webmanifest" }

func isScript(name string) bool { return path.Ext(name) == ".js" || path.Ext(name) == ".mjs" }

// refers tells the assets that may name others.
func refers(name string) bool { return path.Ext(name) == ".css" || isScript(name) }
