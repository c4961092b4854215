package applehealth

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// me reads the Me element: one attribute a characteristic. What the person has
// not set is left out.
func (e *export) me(token xmlscan.Token) error {
	e.scan.Capture(token, maxRecord)
	attrs := attributeMap(token)
	if err := e.rest(token, nil); err != nil {
		return err
	}
	raw, fits := e.scan.Captured()
	if !fits {
		return nil
	}
	for name, value := range attrs {
		row, known := store.TypeByApple(name)
		if !known || row.Kind != store.KindCharacteristic {
			continue
		}
		text := characteristicText(row, value)
		if text == "" {
			continue
		}
		sample := store.Sample{
			Type: row.ID, DisplayName: row.Title, Subtitle: text,
			Source: store.Source{ID: e.sourceID("Health"), Name: "Apple Health"},
		}
		if err := e.sink.Object(e.input, sample, string(row.ID), raw); err != nil {
			return err
		}
	}
	return nil
}

// characteristicText says a value as a person does: "HKBloodTypeANegative" is
// "A−". It returns "" for what is not set.
func characteristicText(row store.Type, value string) string {
	if value == "" || strings.HasSuffix(value, "NotSet") || value == "None" {
		return ""
	}
	for _, prefix := range []string{"HKBiologicalSex", "HKBloodType", "HKFitzpatrickSkinType", "HKWheelchairUse", "HKActivityMoveMode"} {
		if rest, ok := strings.CutPrefix(value, prefix); ok {
			value = rest
		}
	}
	if row.ID == "bloodType" {
		value = strings.NewReplacer("Positive", "+", "Negative", "−").Replace(value)
	}
	if row.ID == "fitzpatrickSkinType" {
		value = "Type " + value
	}
	return value
}
