package view

import "testing"

func TestDateWords(t *testing.T) {
	for date, want := range map[string]string{
		"2019":                          "2019",
		"2019-03":                       "March 2019",
		"2019-03-05":                    "5 March 2019",
		"2019-03-05T10:20":              "5 March 2019, 10:20",
		"2019-03-05T10:20Z":             "5 March 2019, 10:20 UTC",
		"2019-03-05T10:20:30":           "5 March 2019, 10:20:30",
		"2019-03-05T10:20:30+01:00":     "5 March 2019, 10:20:30 UTC+01:00",
		"2019-03-05T10:20:30-11:30":     "5 March 2019, 10:20:30 UTC-11:30",
		"2019-03-05T10:20:30.120Z":      "5 March 2019, 10:20:30.120 UTC",
		"2020-02-29":                    "29 February 2020",
		"":                              "",
		"2019-02-29":                    "",
		"2019-13":                       "",
		"2019-3-5":                      "",
		"20190305":                      "",
		"5 March 2019":                  "",
		"2019-03-05T":                   "",
		"2019-03-05T25:00:00Z":          "",
		"2019-03-05T10:20:30+1":         "",
		"2019-03-05 10:20:30":           "",
		"2019-03-05T10:20:30.120Z more": "",
	} {
		if got, ok := dateWords(date); got != want || ok != (want != "") {
			t.Errorf("dateWords(%q) = %q, %v", date, got, ok)
		}
	}
}

// TestWords says single values. Each is the value of a member whose name and
// shape are all that tells its type.
func TestWords(t *testing.T) {
	cases := []struct{ name, json, want string }{
		{"valueQuantity", `{"value":5.40,"unit":"mmol/L"}`, "5.40 mmol/L"},
		{"valueQuantity", `{"value":54,"unit":"%","comparator":">="}`, ">= 54%"},
		{"valueQuantity", `{"value":37,"code":"Cel"}`, "37 °C"},
		{"valueQuantity", `{"unit":"mg"}`, "mg"},
		{"amount", `{"value":-0.0}`, "-0.0"},
		{"valueMoney", `{"value":20.50,"currency":"EUR"}`, "20.50 EUR"},
		{"valueRange", `{"low":{"value":3.5,"unit":"g"},"high":{"value":5,"unit":"g"}}`, "3.5–5 g"},
		{"valueRange", `{"low":{"value":900,"unit":"mg"},"high":{"value":1,"unit":"g"}}`, "900 mg – 1 g"},
		{"valueRange", `{"low":{"value":3}}`, "from 3"},
		{"valueRange", `{"high":{"value":3}}`, "up to 3"},
		{"valueRatio", `{"numerator":{"value":1,"unit":"mg"},"denominator":{"value":5,"unit":"mL"}}`, "1 mg / 5 mL"},
		{"valueRatio", `{"numerator":{"value":1},"denominator":{"value":128}}`, "1:128"},
		{"valueRatio", `{"numerator":{"value":1,"unit":"mg"}}`, "1 mg"},
		{"period", `{"start":"2019-03","end":"2020"}`, "March 2019 – 2020"},
		{"period", `{"start":"2019-03-05"}`, "since 5 March 2019"},
		{"period", `{"end":"2019-03-05"}`, "until 5 March 2019"},
		{"period", `{"start":"2019-03-05","end":"2019-03-05"}`, "5 March 2019"},
		{"code", `{"text":"Asthma","coding":[{"display":"Asthma (disorder)"}]}`, "Asthma"},
		{"code", `{"coding":[{"display":"First"},{"display":"Picked","userSelected":true}]}`, "Picked"},
		{"code", `{"coding":[{"system":"http://loinc.org","code":"718-7"}]}`, "LOINC 718-7"},
		{"code", `{"coding":[{"code":"entered-in-error"}]}`, "Entered in error"},
		{"code", `{"coding":[{"system":"http://hl7.org/fhir/v2/0078","code":"HH"}]}`, "Critically high"},
		{"code", `{"coding":{"display":"One for an array"}}`, "One for an array"},
		{"code", `{"coding":[]}`, ""},
		{"medication", `{"concept":{"text":"Aspirin"}}`, "Aspirin"},
		{"medication", `{"reference":{"reference":"Medication/1"}}`, "Medication/1"},
		{"subject", `{"reference":"Patient/1","display":"Mara"}`, "Mara"},
		{"subject", `{"reference":"Patient/1"}`, "Patient/1"},
		{"subject", `{"reference":"https://clinic.example/Patient/1"}`, ""},
		{"subject", `{"reference":"#gone"}`, ""},
		{"subject", `{"type":"Patient","identifier":{"value":"77"}}`, ""},
		{"name", `{"family":["Quill","Brook"],"given":["Mara"],"use":"usual"}`, "Mara Quill Brook (usual)"},
		{"name", `{"text":"Mara Quill","family":"Quill"}`, "Mara Quill"},
		{"address", `{"line":"1 Low Road","city":"Eastham"}`, "1 Low Road, Eastham"},
		{"address", `{"text":"1 Low Road, Eastham","city":"Eastham","use":"home"}`, "1 Low Road, Eastham (home)"},
		{"telecom", `{"system":"phone","value":"555 0100","use":"home"}`, "Phone 555 0100 (home)"},
		{"telecom", `{"value":"555 0100"}`, "555 0100"},
		{"note", `{"text":"Take care","authorString":"Dr Holt"}`, "Take care"},
		{"photo", `{"contentType":"application/pdf","title":"Letter"}`, "Letter (PDF document)"},
		{"photo", `{"contentType":"text/html;charset=utf-8"}`, "Web page"},
		{"photo", `{"contentType":"chemical/x-pdb"}`, "chemical/x-pdb"},
		{"status", `"entered-in-error"`, "Entered in error"},
		{"status", `"CRITH"`, "CRITH"},
		{"active", `true`, "Yes"},
		{"lotNumber", `"2019-03"`, "2019-03"},
		{"birthDate", `"2019-03"`, "March 2019"},
		{"onset", `"2019-03"`, "March 2019"},
		{"value", `"about noon"`, "about noon"},
	}
	for _, c := range cases {
		root, _ := parse([]byte(`{"` + c.name + `":` + c.json + `}`))
		if got := newTeller().words(root.items[0]); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.name, c.json, got, c.want)
		}
	}
}

func TestDosage(t *testing.T) {
	for json, want := range map[string]string{
		`{"text":"1 at night","doseQuantity":{"value":1}}`:                                                            "1 at night",
		`{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}}`:                                           "once a day",
		`{"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"wk"}}}`:                                          "3 times a week",
		`{"timing":{"repeat":{"frequency":1,"period":8,"periodUnit":"h"}}}`:                                           "every 8 hours",
		`{"timing":{"repeat":{"period":1,"periodUnit":"h"}}}`:                                                         "once an hour",
		`{"timing":{"repeat":{"frequency":2,"period":3.0,"periodUnit":"d"}}}`:                                         "twice every 3 days",
		`{"timing":{"repeat":{"frequency":1,"frequencyMax":2,"period":1,"periodUnit":"d"}}}`:                          "1 to 2 times a day",
		`{"timing":{"repeat":{"frequency":1,"period":4,"periodMax":6,"periodUnits":"h"}}}`:                            "every 4 to 6 hours",
		`{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["HS"]}}}`:                             "once a day at bedtime",
		`{"timing":{"repeat":{"when":["ACM","PCV"],"dayOfWeek":["mon","thu"]}}}`:                                      "before breakfast and after dinner on Monday, Thursday",
		`{"timing":{"repeat":{"timeOfDay":["08:00:00"],"count":5}}}`:                                                  "at 08:00:00, 5 times in all",
		`{"timing":{"repeat":{"boundsPeriod":{"start":"2019-03-05"},"frequency":1,"period":1,"periodUnit":"d"}}}`:     "once a day, since 5 March 2019",
		`{"timing":{"repeat":{"boundsDuration":{"value":1,"code":"wk"},"frequency":1,"period":1,"periodUnit":"d"}}}`:  "once a day for 1 week",
		`{"timing":{"repeat":{"frequency":2}}}`:                                                                       "",
		`{"timing":{"repeat":"often"}}`:                                                                               "",
		`{"timing":{"code":{"coding":[{"code":"BID"}]}}}`:                                                             "twice a day",
		`{"timing":{"code":{"text":"QID"}}}`:                                                                          "4 times a day",
		`{"timing":{"code":{"text":"when it hurts"}}}`:                                                                "when it hurts",
		`{"timing":{"event":["2019-03-05"]}}`:                                                                         "at 5 March 2019",
		`{"doseQuantity":{"value":2,"unit":"puffs"},"asNeededBoolean":true}`:                                          "2 puffs, as needed",
		`{"doseQuantity":{"value":2,"unit":"puffs"},"asNeededBoolean":false}`:                                         "2 puffs",
		`{"quantityQuantity":{"value":2},"route":{"text":"Oral"}}`:                                                    "2, oral",
		`{"doseAndRate":[{"rateRatio":{"numerator":{"value":50,"unit":"mL"},"denominator":{"value":1,"unit":"h"}}}]}`: "at 50 mL / 1 h",
		`{}`: "",
	} {
		root, _ := parse([]byte(json))
		if got := newTeller().dosage(root); got != want {
			t.Errorf("%s: got %q, want %q", json, got, want)
		}
	}
}

func TestLabelOf(t *testing.T) {
	cases := []struct{ within, name, want string }{
		{"Observation", "valueQuantity", "Result"},
		{"component", "valueString", "Result"},
		{"Extension", "valueString", "Value"},
		{"MedicationRequest", "requester", "Ordered by"},
		{"Patient", "_birthDate", "Date of birth"},
		{"Patient", "multipleBirthInteger", "Twin, triplet or more"},
		{"Immunization", "lotNumber", "Lot number"},
		{"Procedure", "reasonCode", "Reason"},
		{"Device", "expirationDate", "Expiration date"},
		{"X", "us-core-race", "US Core race"},
		{"X", "someHL7Thing", "Some HL7 thing"},
		{"X", "", ""},
		{"X", "été", "Été"},
	}
	for _, c := range cases {
		if got := labelOf(c.within, c.name); got != c.want {
			t.Errorf("labelOf(%q, %q) = %q, want %q", c.within, c.name, got, c.want)
		}
	}
}
