package store

import (
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
)

// The clinical types, and the one that holds every other FHIR resource.
const (
	AllergyRecord      TypeID = "allergyRecord"
	ConditionRecord    TypeID = "conditionRecord"
	ImmunizationRecord TypeID = "immunizationRecord"
	LabResultRecord    TypeID = "labResultRecord"
	MedicationRecord   TypeID = "medicationRecord"
	ProcedureRecord    TypeID = "procedureRecord"
	VitalSignRecord    TypeID = "vitalSignRecord"
	CoverageRecord     TypeID = "coverageRecord"
	ClinicalNoteRecord TypeID = "clinicalNoteRecord"
	OtherRecord        TypeID = "otherRecord"
)

// clinical makes the row of an HKClinicalTypeIdentifier.
func clinical(id TypeID, title string, resources ...string) Type {
	return Type{
		ID: id, Title: title, Kind: KindClinical, Group: groupRecords, Resources: resources,
		Apple: "HKClinicalTypeIdentifier" + appleName(id), ReadOnly: true,
	}
}

// clinicalRows lists the nine clinical types of HealthKit, by the order of the
// Health app, and otherRecord.
var clinicalRows = []Type{
	clinical(AllergyRecord, "Allergies", "AllergyIntolerance"),
	clinical(ClinicalNoteRecord, "Clinical Notes", "DocumentReference", "DiagnosticReport"),
	clinical(ConditionRecord, "Conditions", "Condition"),
	clinical(CoverageRecord, "Insurance", "Coverage"),
	clinical(ImmunizationRecord, "Immunizations", "Immunization"),
	clinical(LabResultRecord, "Lab Results", "Observation", "DiagnosticReport"),
	clinical(MedicationRecord, "Medications",
		"MedicationOrder", "MedicationRequest", "MedicationDispense", "MedicationStatement"),
	clinical(ProcedureRecord, "Procedures", "Procedure"),
	clinical(VitalSignRecord, "Clinical Vitals", "Observation"),
	{ID: OtherRecord, Title: "Other Records", Kind: KindOther, Group: groupRecords, ReadOnly: true},
}

// ClinicalType returns the type that a resource belongs to. Every resource has
// one: what no clinical type holds is an otherRecord.
func ClinicalType(sum *fhir.Summary) TypeID {
	switch sum.ResourceType {
	case "AllergyIntolerance":
		return AllergyRecord
	case "Condition":
		return ConditionRecord
	case "Immunization":
		return ImmunizationRecord
	case "MedicationOrder", "MedicationRequest", "MedicationDispense", "MedicationStatement":
		return MedicationRecord
	case "Procedure":
		return ProcedureRecord
	case "Coverage":
		return CoverageRecord
	case "DocumentReference":
		return ClinicalNoteRecord
	case "Observation":
		return observationType(sum)
	case "DiagnosticReport":
		return reportType(sum)
	}
	return OtherRecord
}

// observationType goes by the category, whose codes are the same in every
// release while its system changed (hl7.org/fhir/observation-category in DSTU2
// and STU3, terminology.hl7.org/CodeSystem/observation-category from R4). An
// observation that names no category at all is known by a vital sign's code.
func observationType(sum *fhir.Summary) TypeID {
	for _, coding := range sum.Categories {
		switch categoryCode(coding) {
		case "laboratory", "lab":
			return LabResultRecord
		case "vital-signs":
			return VitalSignRecord
		}
	}
	if len(sum.Categories) > 0 {
		return OtherRecord
	}
	for _, coding := range sum.Codes {
		if vitalSignCodes[coding.Code] && (coding.System == "" || strings.HasSuffix(coding.System, "loinc.org")) {
			return VitalSignRecord
		}
	}
	return OtherRecord
}

// reportType tells laboratory reports from notes. A report with a category
// outside the laboratory (US Core's cardiology, pathology and radiology; the
// LOINC note types) is a note; without one it is a note when it is a document.
func reportType(sum *fhir.Summary) TypeID {
	for _, coding := range sum.Categories {
		if laboratorySections[strings.ToUpper(coding.Code)] || categoryCode(coding) == "laboratory" {
			return LabResultRecord
		}
	}
	if len(sum.Categories) > 0 || len(sum.Attachments) > 0 {
		return ClinicalNoteRecord
	}
	return LabResultRecord
}

// categoryCode returns the code that a category means: its code, or its display
// where a server gives only that ("Vital Signs").
func categoryCode(coding fhir.Coding) string {
	code := coding.Code
	if code == "" {
		code = coding.Display
	}
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(code)), " ", "-")
}

// vitalSignCodes are the LOINC codes of FHIR's vital signs profile (R4 section
// 11.1.1, "Vital Signs") with the older codes for the same measurements.
var vitalSignCodes = map[string]bool{
	"85353-1": true, // vital signs panel
	"85354-9": true, // blood pressure panel
	"55284-4": true, // blood pressure, DSTU2
	"8480-6":  true, // systolic
	"8462-4":  true, // diastolic
	"8478-0":  true, // mean blood pressure
	"8867-4":  true, // heart rate
	"9279-1":  true, // respiratory rate
	"8310-5":  true, // body temperature
	"8331-1":  true, // oral temperature
	"8302-2":  true, // height
	"8306-3":  true, // length, lying
	"29463-7": true, // weight
	"3141-9":  true, // weight, measured
	"39156-5": true, // body mass index
	"59576-9": true, // body mass index percentile
	"77606-2": true, // weight-for-length percentile
	"9843-4":  true, // head circumference
	"8287-5":  true, // head circumference, tape
	"8289-1":  true, // head circumference percentile
	"2708-6":  true, // oxygen saturation, arterial
	"59408-5": true, // oxygen saturation, pulse oximetry
}

// laboratorySections are the laboratory's sections among the diagnostic service
// sections of HL7 v2 table 0074, which DiagnosticReport.category names. The two
// of pathology (CP, SP) are left out: their reports are read as notes.
var laboratorySections = map[string]bool{
	"LAB": true, // laboratory
	"BG":  true, // blood gases
	"BLB": true, // blood bank
	"CG":  true, // cytogenetics
	"CH":  true, // chemistry
	"GE":  true, // genetics
	"HM":  true, // hematology
	"IMM": true, // immunology
	"MB":  true, // microbiology
	"MCB": true, // mycobacteriology
	"MYC": true, // mycology
	"OSL": true, // outside laboratory
	"SR":  true, // serology
	"TX":  true, // toxicology
	"VR":  true, // virology
}
