package applehealth

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ECG is one electrocardiogram as export.zip holds it: a CSV file of labelled
// lines, a blank line, and one voltage a line. The labels are in the person's
// language, so lines are told by their place.
type ECG struct {
	Fields         [][2]string // label and value of every line before the voltages, as written
	Recorded       int64       // ms since the Unix epoch; 0 when the file does not say
	Classification string      // "Sinus Rhythm", in the person's language
	Symptoms       string
	Device         string
	SampleRate     float64 // voltages a second
	Unit           string  // of the voltages, "µV"
	Voltages       []float64
}

// The places of the lines in the file.
const (
	lineRecorded       = 2
	lineClassification = 3
	lineSymptoms       = 4
	lineDevice         = 6
	lineSampleRate     = 7
	lineUnit           = 9
)

// Bounds of an ECG. HealthKit records 30 seconds at 512 Hz.
const (
	maxECGLine   = 4096
	maxECGFields = 64
	maxVoltages  = 1 << 20
)

// Errors of ReadECG.
var (
	errNotECG  = errors.New("the file is not an electrocardiogram: it holds no voltages")
	errECGSize = errors.New("the electrocardiogram has more than a million voltages")
)

// ReadECG reads an electrocardiogram's CSV file. Its errors name a line and a
// rule, never a value.
func ReadECG(src io.Reader) (*ECG, error) {
	lines := bufio.NewScanner(src)
	lines.Buffer(make([]byte, 0, maxECGLine), maxECGLine)
	ecg := &ECG{}
	for number := 1; lines.Scan(); number++ {
		if err := ecg.line(strings.TrimPrefix(lines.Text(), "\ufeff")); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, errors.New("a line is longer than 4,096 bytes")
		}
		return nil, err
	}
	if len(ecg.Voltages) == 0 {
		return nil, errNotECG
	}
	ecg.name()
	return ecg, nil
}

// line takes in one line: a labelled one, or a voltage once those have begun.
func (e *ECG) line(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	if voltage, ok := decimal(line); ok && len(e.Fields) > 0 {
		if len(e.Voltages) == maxVoltages {
			return errECGSize
		}
		e.Voltages = append(e.Voltages, voltage)
		return nil
	}
	if len(e.Voltages) > 0 {
		return errors.New("the voltage is not a number")
	}
	if len(e.Fields) == maxECGFields {
		return errNotECG
	}
	label, value, _ := strings.Cut(line, ",")
	e.Fields = append(e.Fields, [2]string{unquote(label), unquote(value)})
	return nil
}

// decimal reads a number with a point, or with a comma as some languages have it.
func decimal(text string) (float64, bool) {
	text = unquote(text)
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && value-value == 0
}

// unquote takes off the quotes of a CSV field (RFC 4180 section 2).
func unquote(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
	}
	return text
}

// name fills the named fields from the lines.
func (e *ECG) name() {
	at := func(line int) string {
		if line < len(e.Fields) {
			return e.Fields[line][1]
		}
		return ""
	}
	e.Recorded, _ = parseDate([]byte(at(lineRecorded)))
	e.Classification, e.Symptoms, e.Device = at(lineClassification), at(lineSymptoms), at(lineDevice)
	rate, _, _ := strings.Cut(at(lineSampleRate), " ")
	e.SampleRate, _ = decimal(rate)
	e.Unit = at(lineUnit)
}

// Bounds are the lowest and the highest voltage.
func (e *ECG) Bounds() (low, high float64) {
	for i, voltage := range e.Voltages {
		if i == 0 {
			low, high = voltage, voltage
		}
		low, high = min(low, voltage), max(high, voltage)
	}
	return low, high
}

// Millivolts is what one unit of the voltages is in mV; 0 when the unit is none
// that exports have.
func (e *ECG) Millivolts() float64 {
	switch e.Unit {
	case "µV", "\u03bcV", "uV": // micro sign, Greek mu
		return 0.001
	case "mV":
		return 1
	}
	return 0
}
