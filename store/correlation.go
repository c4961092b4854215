package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/keepwell-health/keepwell/store/unit"
)

// A correlation (HKCorrelation) is saved in one call with the samples that it is
// of, which share its syncIdentifier and its dates: of a blood pressure the two
// numbers, of food what it holds. Those are what queries and statistics of their
// types find; the correlation has no value of its own, and its subtitle says theirs.

// correlate sets the subtitles of correlations among samples of one save. The
// error is of CodeInvalidArgument where one lacks its samples.
func correlate(samples []Sample) error {
	var parts map[string][]*Sample // by syncIdentifier
	for at := range samples {
		known, _ := TypeByID(samples[at].Type)
		if known.Kind != KindCorrelation {
			continue
		}
		if parts == nil {
			parts = bySyncIdentifier(samples)
		}
		subtitle, whole := correlation(known, ofSameTime(parts[samples[at].SyncIdentifier], &samples[at]))
		if !whole {
			return Errorf(CodeInvalidArgument, "a correlation is saved with its samples, which share its syncIdentifier and its dates")
		}
		samples[at].Subtitle = subtitle
	}
	return nil
}

func bySyncIdentifier(samples []Sample) map[string][]*Sample {
	found := map[string][]*Sample{}
	for at := range samples {
		if name := samples[at].SyncIdentifier; name != "" {
			found[name] = append(found[name], &samples[at])
		}
	}
	return found
}

func ofSameTime(parts []*Sample, whole *Sample) []*Sample {
	return slices.DeleteFunc(slices.Clone(parts), func(part *Sample) bool {
		return part.StartDate != whole.StartDate || part.EndDate != whole.EndDate || part.Value == nil
	})
}

// correlation says what samples a correlation of a type is of: "121/79 mmHg",
// "Dietary Energy 230 kcal · Protein 8 g". ok is false where one is missing.
func correlation(known Type, parts []*Sample) (text string, ok bool) {
	if known.ID == "bloodPressure" {
		upper, hasUpper := ownValue("bloodPressureSystolic", parts)
		lower, hasLower := ownValue("bloodPressureDiastolic", parts)
		return upper + "/" + lower + " mmHg", hasUpper && hasLower
	}
	var said []string
	for _, part := range parts {
		if row, _ := TypeByID(part.Type); row.Group == known.Group && row.Kind == KindQuantity {
			value, _ := ownValue(row.ID, []*Sample{part})
			said = append(said, row.Title+" "+value+" "+row.Display)
		}
	}
	return strings.Join(said, " · "), len(said) > 0
}

// ownValue writes the value of the sample of a type in the type's own unit.
func ownValue(id TypeID, parts []*Sample) (text string, ok bool) {
	known, _ := TypeByID(id)
	for _, part := range parts {
		if scale, fits := unit.Between(part.Unit, known.Unit); part.Type == id && fits {
			return strconv.FormatFloat(unit.Round(scale.Apply(*part.Value)), 'f', -1, 64), true
		}
	}
	return "", false
}
