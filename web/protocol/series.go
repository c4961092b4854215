package protocol

// Trace is an electrocardiogram to draw.
type Trace struct {
	Classification string    `json:"classification,omitempty"` // as written, in the language of the export
	SampleRate     float64   `json:"sampleRate"`               // voltages a second
	Millivolts     []float64 `json:"millivolts"`
}

// Track is a route to draw. Of a long one some points are left out.
type Track struct {
	Points   []TrackPoint `json:"points"`
	Distance float64      `json:"distance"` // metres, along all points
	Climb    float64      `json:"climb"`    // metres uphill
	Low      float64      `json:"low"`      // metres above the sea
	High     float64      `json:"high"`     // metres above the sea
}

// TrackPoint is a place on a Track.
type TrackPoint struct {
	Latitude  float64 `json:"latitude"`      // degrees, WGS 84
	Longitude float64 `json:"longitude"`     // degrees, WGS 84
	Gap       bool    `json:"gap,omitempty"` // the track was interrupted before it
}
