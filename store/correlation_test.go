package store_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// named is a sample of an instant with a syncIdentifier.
func named(id store.TypeID, value float64, unit, name string, version int64) store.Sample {
	sample := measure(id, store.Source{}, minute, minute, value, unit)
	sample.SyncIdentifier, sample.SyncVersion = name, version
	return sample
}

// pressure is a blood pressure as it is saved.
func pressure(upper, lower float64, name string, version int64) []store.Sample {
	whole := named("bloodPressure", 0, "", name, version)
	whole.Value = nil
	return []store.Sample{
		named("bloodPressureSystolic", upper, "mmHg", name, version), named("bloodPressureDiastolic", lower, "mmHg", name, version), whole,
	}
}

// A blood pressure is one entry of its own list and two numbers of their types,
// for queries and for statistics, however often it is edited.
func TestSaveBloodPressure(t *testing.T) {
	s := open(t, mem.New())
	if _, err := s.Person().Save(background, pressure(121, 79, "a", 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Person().Save(background, pressure(131, 82.5, "a", 2)); err != nil {
		t.Fatal(err)
	}
	pairs := query(t, s.Person(), store.Query{Type: "bloodPressure"})
	if len(pairs) != 1 || pairs[0].DisplayName != "Blood Pressure" || pairs[0].Subtitle != "131/82.5 mmHg" || pairs[0].Value != nil {
		t.Errorf("the pairs are %+v", pairs)
	}
	for id, want := range map[store.TypeID]string{"bloodPressureSystolic": "average 131", "bloodPressureDiastolic": "average 82.5"} {
		wantStatistics(t, s.Person(), store.StatisticsQuery{Type: id, Options: options{"discreteAverage"}}, want)
	}
	_, err := s.Person().Statistics(background, store.StatisticsQuery{Type: "bloodPressure", Options: options{"mostRecent"}})
	wantCode(t, err, store.CodeInvalidArgument)
}

func TestSaveFood(t *testing.T) {
	s := open(t, mem.New())
	soup := named("food", 0, "", "soup", 0)
	soup.Value, soup.DisplayName = nil, "Soup"
	meal := []store.Sample{soup, named("dietaryEnergyConsumed", 962.32, "kJ", "soup", 0), named("dietaryProtein", 8, "g", "soup", 0), named("bodyMass", 80, "kg", "soup", 0)}
	if _, err := s.Person().Save(background, meal); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s.Person(), store.Query{Type: "food"})[0]; got.DisplayName != "Soup" || got.Subtitle != "Dietary Energy 230 kcal · Protein 8 g" {
		t.Errorf("the food is %+v", got)
	}
}

func TestSaveRefusesCorrelations(t *testing.T) {
	later := pressure(121, 79, "a", 1)
	later[1].StartDate++
	later[1].EndDate++
	valued := pressure(121, 79, "a", 1)
	valued[2].Value = valued[0].Value
	measured := pressure(121, 79, "a", 1)
	measured[2].Unit = "mmHg"
	nameless := pressure(121, 79, "", 0)
	another := pressure(121, 79, "a", 1)
	another[0].SyncIdentifier = "b"
	workout := named("workout", 0, "", "a", 1)
	workout.Value = nil
	s := open(t, mem.New())
	for name, samples := range map[string][]store.Sample{
		"alone": pressure(121, 79, "a", 1)[2:], "half": pressure(121, 79, "a", 1)[1:], "another time": later, "a value": valued,
		"a unit": measured, "no name": nameless, "another name": another, "a workout": {workout},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Person().Save(background, samples)
			wantCode(t, err, store.CodeInvalidArgument)
		})
	}
	for _, id := range []store.TypeID{"bloodPressure", "bloodPressureSystolic", "bloodPressureDiastolic"} {
		if got := query(t, s.Person(), store.Query{Type: id}); len(got) != 0 {
			t.Errorf("%d of %s were saved", len(got), id)
		}
	}
}

// A pair that an app saves while the store is locked is there after the unlock,
// and one without its numbers is refused at once.
func TestSaveBloodPressureWhileLocked(t *testing.T) {
	l := newLockable(t, mem.New())
	s := mustUnlock(t, l)
	shares := types{"bloodPressure", "bloodPressureSystolic", "bloodPressureDiastolic"}
	decide(t, s, store.AuthorizationRequest{ToShare: shares}, store.Answer{Share: shares})
	j := l.journal(t)
	wantCode(t, j.Save(background, portal, pressure(121, 79, "a", 1)[1:]), store.CodeInvalidArgument)
	if err := j.Save(background, portal, pressure(121, 79, "a", 1)); err != nil {
		t.Fatal(err)
	}
	pairs := query(t, mustUnlock(t, l).Person(), store.Query{Type: "bloodPressure"})
	if len(pairs) != 1 || pairs[0].Subtitle != "121/79 mmHg" || pairs[0].Source.ID != "origin:"+portal {
		t.Errorf("the pairs are %+v", pairs)
	}
}

// An app is not asked about what it could never write.
func TestAskToShareRefuses(t *testing.T) {
	for _, id := range []store.TypeID{"workout", "workoutRoute", "activitySummary", "visionPrescription", "conditionRecord", "dateOfBirth", "appleExerciseTime"} {
		_, err := open(t, mem.New()).RequestStatus(background, portal, store.AuthorizationRequest{ToShare: types{id}})
		wantCode(t, err, store.CodeInvalidArgument)
	}
}
