package view

import (
	"strings"
	"unicode"
)

// labels are the names of elements where a person has a better word than the
// standard, by element, or by resource and element where that differs.
var labels = map[string]string{
	"abatement":                      "Ended",
	"AllergyIntolerance.code":        "Allergy",
	"AllergyIntolerance.type":        "Kind",
	"asserter":                       "Reported by",
	"attester":                       "Attested by",
	"authoredOn":                     "Ordered on",
	"authoringOrganization":          "Ordered at",
	"authorizingPrescription":        "Prescription",
	"basedOn":                        "Based on",
	"beneficiary":                    "Person covered",
	"birthDate":                      "Date of birth",
	"clinicalStatus":                 "Status",
	"Condition.code":                 "Condition",
	"content":                        "Document",
	"Coverage.class":                 "Plan",
	"custodian":                      "Kept by",
	"dataAbsentReason":               "Why there is no result",
	"dateAsserted":                   "Reported on",
	"dateWritten":                    "Ordered on",
	"daysSupply":                     "Days of supply",
	"deceased":                       "Died",
	"DiagnosticReport.code":          "Report",
	"DiagnosticReport.presentedForm": "Document",
	"DiagnosticReport.result":        "Results",
	"dosage":                         "Dose",
	"dosageInstruction":              "Dose",
	"doseAndRate":                    "Dose and rate",
	"effective":                      "Date",
	"encounter":                      "Visit",
	"docStatus":                      "Document status",
	"enterer":                        "Entered by",
	"expectedSupplyDuration":         "Lasts",
	"fhir_comments":                  "Comments",
	"generalPractitioner":            "Doctor",
	"careProvider":                   "Doctor",
	"identifier":                     "Identifier",
	"Immunization.date":              "Given on",
	"Immunization.occurrence":        "Given on",
	"Immunization.performer":         "Given by",
	"individual":                     "Person",
	"informationSource":              "Told by",
	"insurer":                        "Insurer",
	"issued":                         "Issued",
	"issuer":                         "Insurer",
	"lastOccurence":                  "Last happened",
	"lastOccurrence":                 "Last happened",
	"managingOrganization":           "Kept by",
	"meta":                           "About this copy",
	"multipleBirth":                  "Twin, triplet or more",
	"note":                           "Note",
	"numberOfRepeatsAllowed":         "Refills",
	"Observation.code":               "Measurement",
	"onset":                          "Began",
	"payor":                          "Insurer",
	"performed":                      "Performed",
	"performer":                      "Performed by",
	"policyHolder":                   "Policy holder",
	"prescriber":                     "Ordered by",
	"primarySource":                  "From who gave it",
	"Procedure.code":                 "Procedure",
	"reasonCode":                     "Reason",
	"reasonReference":                "Reason",
	"recorded":                       "Recorded on",
	"recordedDate":                   "Recorded on",
	"recorder":                       "Recorded by",
	"reporter":                       "Reported by",
	"requester":                      "Ordered by",
	"resourceType":                   "Kind of record",
	"serviceProvider":                "Provider",
	"statusReason":                   "Reason for the status",
	"subject":                        "Patient",
	"subscriber":                     "Policy holder",
	"subscriberId":                   "Member number",
	"substance":                      "Substance",
	"telecom":                        "Contact",
	"url":                            "Web address",
	"vaccineCode":                    "Vaccine",
	"valueSet":                       "Value set",
	"Observation.value":              "Result",
	"component.value":                "Result",
	"verificationStatus":             "Certainty",
	"whenHandedOver":                 "Handed over",
	"whenPrepared":                   "Prepared",
	"udi":                            "Device identifier",
	"unreadable":                     "Part that can't be read",
}

// labelOf is the label of a member of a resource or of an element below it.
func labelOf(within, name string) string {
	base := baseName(strings.TrimPrefix(name, "_"))
	if label, ok := labels[within+"."+base]; ok {
		return label
	}
	if label, ok := labels[base]; ok {
		return label
	}
	return humanise(base)
}

// humanise turns a name into words: "lotNumber" into "Lot number",
// "us-core-race" into "US Core race", "carrierAIDC" into "Carrier AIDC".
func humanise(name string) string {
	letters := []rune(strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' {
			return ' '
		}
		return r
	}, name))
	var b strings.Builder
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(letters[i-1]) {
			b.WriteByte(' ')
			if i+1 < len(letters) && unicode.IsLower(letters[i+1]) { // no abbreviation
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	words := strings.Join(strings.Fields(b.String()), " ")
	if rest, isUSCore := strings.CutPrefix(words, "us core "); isUSCore {
		return "US Core " + rest
	}
	return capital(words)
}

// capital makes the first letter a capital.
func capital(words string) string {
	for i, r := range words {
		return string(unicode.ToUpper(r)) + words[i+len(string(r)):]
	}
	return words
}

// choices are the elements that are a choice of types in some release (FHIR R4
// section 2.6.2). They must be known by name: "birthDate" is no "birth" of the
// type date.
var choices = map[string]bool{
	"abatement": true, "additive": true, "age": true, "answer": true, "bodySite": true, "allowed": true, "amount": true, "asNeeded": true, "author": true,
	"born": true, "bounds": true, "chargeItem": true, "collected": true, "content": true, "created": true, "deceased": true,
	"defaultValue": true, "detail": true, "diagnosis": true, "dose": true, "doseNumber": true, "due": true,
	"effective": true, "effectiveTime": true, "entity": true, "event": true, "fastingStatus": true, "item": true, "location": true, "maxValue": true, "measureScore": true,
	"medication": true, "minimumVolume": true, "minValue": true, "module": true, "multipleBirth": true, "occurrence": true,
	"onset": true, "outcome": true, "performed": true, "probability": true, "procedure": true, "product": true, "quantity": true, "rate": true,
	"reason": true, "reasonForUse": true, "reported": true, "result": true, "scheduled": true, "seriesDoses": true, "serviced": true,
	"site": true, "source": true, "start": true, "substance": true, "target": true, "time": true, "timing": true, "topic": true, "used": true,
	"value": true, "when": true, "who": true,
}

// choiceTypes are the types that a choice names (FHIR R4 section 2.24, DSTU2
// section 1.19.0.1).
var choiceTypes = map[string]bool{
	"Base64Binary": true, "Boolean": true, "Canonical": true, "Code": true, "Date": true, "DateTime": true,
	"Decimal": true, "Id": true, "Instant": true, "Integer": true, "Integer64": true, "Markdown": true, "Oid": true,
	"PositiveInt": true, "String": true, "Time": true, "UnsignedInt": true, "Uri": true, "Url": true, "Uuid": true,
	"Address": true, "Age": true, "Annotation": true, "Attachment": true, "CodeableConcept": true,
	"CodeableReference": true, "Coding": true, "ContactPoint": true, "Count": true, "Distance": true, "Dosage": true,
	"Duration": true, "Expression": true, "HumanName": true, "Identifier": true, "Meta": true, "Money": true, "Period": true,
	"Quantity": true, "Range": true, "Ratio": true, "RatioRange": true, "Reference": true, "SampledData": true, "Signature": true,
	"SimpleQuantity": true, "Timing": true,
}

// splitChoice splits a member's name into its element and its type:
// "valueQuantity" into "value" and "Quantity". The type is "" where the name
// is no choice.
func splitChoice(name string) (base, typeName string) {
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && choices[name[:i]] && choiceTypes[name[i:]] {
			return name[:i], name[i:]
		}
	}
	return name, ""
}

// baseName is the element's name without the type of a choice.
func baseName(name string) string {
	base, _ := splitChoice(name)
	return base
}
