package fhir

import (
	"errors"
	"io"
	"math/bits"
)

// release finds the release of the resource.
func (s *summarizer) release(hint Release) error {
	version, guide := s.stated()
	release := hint
	if version != "" {
		var err error
		if release, err = ParseVersion(version); err != nil {
			return err
		}
	}
	if release == "" {
		release = preferred(s.candidates(guide))
	}
	s.sum.Release, s.sum.Version = release, release.Version()
	return nil
}

// preference orders the releases where several fit: by how much of what people
// get from their portals is in each.
var preference = [...]releaseSet{setR4, setDSTU2, setSTU3, setR5, setR4B}

// preferred returns one release of a set.
func preferred(set releaseSet) Release {
	for _, one := range preference {
		if set&one != 0 {
			return one.only()
		}
	}
	return R4
}

// guideVotes is the weight of a profile against that of one shape.
const guideVotes = 3

// candidates returns the releases that the resource fits best. Every shape that
// only some releases have is a vote for these; resources in the wild mix shapes
// of several.
func (s *summarizer) candidates(guide releaseSet) releaseSet {
	var votes [len(versions)]int
	if guide != setAll {
		vote(&votes, guide, guideVotes)
	}
	for i := range anyTypeShapes {
		s.tryShape(&votes, &anyTypeShapes[i])
	}
	for i := range s.recipe.shapes {
		s.tryShape(&votes, &s.recipe.shapes[i])
	}
	return winners(&votes, s.recipe.exists)
}

// vote adds weight for each release of a set.
func vote(votes *[len(versions)]int, set releaseSet, weight int) {
	for i := range votes {
		if set>>i&1 != 0 {
			votes[i] += weight
		}
	}
}

// winners returns the releases of set with the most votes.
func winners(votes *[len(versions)]int, set releaseSet) (best releaseSet) {
	most := -1
	for i, count := range votes {
		switch {
		case set>>i&1 == 0 || count < most:
		case count == most:
			best |= 1 << i
		default:
			most, best = count, 1<<i
		}
	}
	return best
}

// tryShape votes for the releases of a shape that the resource has.
func (s *summarizer) tryShape(votes *[len(versions)]int, want *shape) {
	if !s.seek(want.path) {
		return
	}
	first := s.lex.next()
	if want.first == 0 || first == want.first || want.first == 't' && first == 'f' {
		vote(votes, want.releases, 1)
	}
}

// maxDetect is how many resources DetectRelease looks at.
const maxDetect = 500

// DetectRelease reads the beginning of a file and tells the release that its
// resources are most likely in: what the Bundle says, else what most resources
// of a telling shape fit. It returns "" when nothing tells. A resource that
// could be of any release, as most Patients, is best summarised with this as
// its hint. Errors in the file are left for a Reader to report; only those of
// src are returned.
func DetectRelease(src io.Reader) (Release, error) {
	reader := NewReader(src, ReaderOptions{})
	var votes [len(versions)]int
	telling := 0
	s := new(summarizer)
	for range maxDetect {
		resource, err := reader.Next()
		var broken *Error
		switch {
		case err == io.EOF || errors.As(err, &broken) && broken.Fatal:
			return verdict(&votes, telling), nil
		case broken != nil:
			continue
		case err != nil:
			return "", err
		case resource.Release != "":
			return resource.Release, nil
		}
		if set := s.detect(&resource); set != setAll && set != 0 {
			vote(&votes, set, 1)
			telling++
		}
	}
	return verdict(&votes, telling), nil
}

// detect returns the releases that the shape of one resource tells.
func (s *summarizer) detect(r *Resource) releaseSet {
	var sum Summary
	if s.open(&sum, r) != nil {
		return 0
	}
	version, guide := s.stated()
	if release, err := ParseVersion(version); err == nil {
		for i := range versions {
			if versions[i].release == release {
				return 1 << i
			}
		}
	}
	return s.candidates(guide)
}

// verdict returns the release that most telling resources fit, or "" when they
// contradict each other: fewer than four of five fit it.
func verdict(votes *[len(versions)]int, telling int) Release {
	best := winners(votes, setAll)
	if telling == 0 {
		return ""
	}
	if votes[bits.TrailingZeros8(uint8(best))]*5 < telling*4 {
		return ""
	}
	return preferred(best)
}
