package fhir

func releaseOfProfile(url []byte) Release { return "" }
