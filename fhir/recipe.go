package fhir

import "strings"

// recipe tells where the resources of one type keep what a Summary holds. Each
// field lists the paths of elements, in order of preference and of all releases
// together; the first that is present counts.
type recipe struct {
	name string // what a person calls such a record

	// code lists the elements that say what the record is. text lists strings,
	// names and references that say it where code has no words, or before code
	// where textFirst is set.
	code, text  []*path
	textFirst   bool
	category    []*path
	status      []*path
	subject     []*path
	dates       []*path // gives Start; a Period gives End too
	ends        []*path // gives End
	attachments []*path
	negations   []negation

	exists releaseSet // the releases that have the type
	shapes []shape    // what tells its releases apart
}

// row is a recipe as written in the table below: paths in one string, empty
// where defaultRow holds, "-" where there is nothing to look for.
type row struct {
	name, code, text, category, status, subject, dates, ends, attachments string
	textFirst                                                             bool
}

// defaultRow serves the types without a row and the empty fields of the others.
var defaultRow = row{
	code:     "code type",
	text:     "title name description",
	category: "category",
	status:   "status",
	subject:  "subject patient beneficiary for individual",
	dates: "effectiveDateTime effectivePeriod occurrenceDateTime occurrencePeriod performedDateTime performedPeriod " +
		"period date dateTime authoredOn authored created issued recordedDate recorded",
}

// rows tells the types apart. A date that says when something happened to the
// person goes before one that says when it was written down.
var rows = map[string]row{
	// The clinical types.
	"AllergyIntolerance": {name: "Allergy", code: "code substance reaction.substance", status: "clinicalStatus status verificationStatus",
		dates: "onsetDateTime onsetPeriod.start onset recordedDate assertedDate lastOccurrence lastOccurence"},
	"Condition": {name: "Condition", status: "clinicalStatus verificationStatus status",
		dates: "onsetDateTime onsetPeriod.start recordedDate assertedDate dateRecorded dateAsserted", ends: "abatementDateTime abatementPeriod abatementDate"},
	"Immunization": {name: "Immunization", code: "vaccineCode vaccineType", dates: "occurrenceDateTime date recorded"},
	"Observation": {name: "Observation",
		dates: "effectiveDateTime effectivePeriod effectiveInstant effectiveTiming appliesDateTime appliesPeriod issued", attachments: "valueAttachment"},
	"DiagnosticReport": {name: "Report", code: "code category", text: "presentedForm.title conclusion",
		dates: "effectiveDateTime effectivePeriod issued", attachments: "presentedForm"},
	"MedicationRequest": {name: "Medication", code: "medicationCodeableConcept medicationReference medication",
		dates: "authoredOn dateWritten", ends: "dateEnded"},
	"MedicationOrder": {name: "Medication", code: "medicationCodeableConcept medicationReference medication",
		dates: "dateWritten authoredOn", ends: "dateEnded"},
	"MedicationDispense": {name: "Medication", code: "medicationCodeableConcept medicationReference medication",
		dates: "whenHandedOver whenPrepared recorded"},
	"MedicationStatement": {name: "Medication", code: "medicationCodeableConcept medicationReference medication",
		dates: "effectiveDateTime effectivePeriod effectiveTiming dateAsserted"},
	"MedicationAdministration": {name: "Medication", code: "medicationCodeableConcept medicationReference medication",
		dates: "effectiveTimeDateTime effectiveTimePeriod effectiveDateTime effectivePeriod occurenceDateTime occurencePeriod occurenceTiming recorded"},
	"Procedure": {name: "Procedure", dates: "performedDateTime performedPeriod occurrenceDateTime occurrencePeriod occurrenceTiming date recorded"},
	"Coverage":  {name: "Coverage", code: "type", text: "payor insurer issuer class.name", dates: "period"},
	"DocumentReference": {name: "Document", code: "type class category", text: "description content.attachment.title", category: "category class",
		dates: "context.period period created date indexed", attachments: "content.attachment"},

	// People, places and things.
	"Patient":       {name: "Patient", code: "-", text: "name", subject: "-", dates: "-", attachments: "photo"},
	"Person":        {name: "Person", code: "-", text: "name", subject: "-", dates: "-", attachments: "photo"},
	"Practitioner":  {name: "Practitioner", code: "-", text: "name", subject: "-", dates: "-"},
	"RelatedPerson": {name: "Related person", code: "relationship", text: "name", textFirst: true, dates: "period"},
	"Organization":  {name: "Organization", text: "name", textFirst: true, dates: "-"},
	"Location":      {name: "Location", text: "name description", textFirst: true, dates: "-"},
	"Group":         {name: "Group", text: "name", textFirst: true},
	"PractitionerRole": {name: "Practitioner role", code: "code specialty", text: "practitioner organization",
		subject: "-", dates: "period"},
	"Device":     {name: "Device", code: "type", text: "deviceName.name displayName name model udi.name", dates: "-"},
	"Substance":  {name: "Substance", dates: "-"},
	"Medication": {name: "Medication", code: "code", dates: "-"},
	"Specimen": {name: "Specimen", code: "type", dates: "collection.collectedDateTime collection.collectedPeriod " +
		"receivedTime"},
	"BodySite":      {name: "Body site", code: "code", dates: "-"},
	"BodyStructure": {name: "Body structure", code: "location morphology includedStructure.structure", dates: "-"},

	// Care.
	"Encounter":     {name: "Visit", code: "type serviceType class reasonCode reason", dates: "period actualPeriod plannedStartDate", ends: "plannedEndDate"},
	"EpisodeOfCare": {name: "Episode of care", code: "type", dates: "period"},
	"CarePlan":      {name: "Care plan", code: "category code", text: "title", textFirst: true, dates: "period created modified"},
	"CareTeam":      {name: "Care team", code: "category", text: "name", textFirst: true, dates: "period"},
	"Goal": {name: "Goal", code: "description", status: "lifecycleStatus status",
		dates: "startDate statusDate target.dueDate targetDate"},
	"ServiceRequest": {name: "Order", code: "code", dates: "occurrenceDateTime occurrencePeriod occurrenceTiming authoredOn"},
	"ProcedureRequest": {name: "Order", code: "code", dates: "scheduledDateTime scheduledPeriod scheduledTiming occurrenceDateTime " +
		"occurrencePeriod occurrenceTiming orderedOn authoredOn"},
	"DiagnosticOrder": {name: "Order", code: "item.code", dates: "event.dateTime"},
	"DeviceRequest":   {name: "Device order", code: "code codeCodeableConcept codeReference", dates: "occurrenceDateTime occurrencePeriod authoredOn"},
	"ReferralRequest": {name: "Referral", code: "type serviceRequested", text: "description",
		dates: "fulfillmentTime occurrenceDateTime occurrencePeriod date dateSent authoredOn"},
	"NutritionOrder":             {name: "Diet order", code: "oralDiet.type enteralFormula.baseFormulaType", dates: "dateTime"},
	"VisionPrescription":         {name: "Vision prescription", code: "-", dates: "dateWritten created"},
	"SupplyDelivery":             {name: "Supply delivery", code: "type suppliedItem.itemCodeableConcept", dates: "occurrenceDateTime occurrencePeriod whenPrepared time"},
	"ImmunizationRecommendation": {name: "Immunization recommendation", code: "recommendation.vaccineCode", dates: "date"},
	"FamilyMemberHistory":        {name: "Family history", code: "relationship", text: "name", dates: "date"},
	"ClinicalImpression":         {name: "Clinical impression", code: "code", text: "summary description", dates: "effectiveDateTime effectivePeriod date"},
	"RiskAssessment":             {name: "Risk assessment", code: "code method", dates: "occurrenceDateTime occurrencePeriod date"},
	"DetectedIssue":              {name: "Detected issue", code: "code category", text: "detail", dates: "identifiedDateTime identifiedPeriod date"},
	"AdverseEvent": {name: "Adverse event", code: "event code type", text: "description",
		dates: "occurrenceDateTime occurrencePeriod date detected recordedDate"},
	"Flag":                 {name: "Flag", code: "code", dates: "period"},
	"ImagingStudy":         {name: "Imaging study", code: "procedureCode procedure modality modalityList series.modality", text: "description", textFirst: true, dates: "started"},
	"Media":                {name: "Media", code: "type", text: "content.title", dates: "createdDateTime createdPeriod occurrenceDateTime occurrencePeriod issued", attachments: "content"},
	"DeviceUseStatement":   {name: "Device use", code: "device reasonCode", dates: "timingDateTime timingPeriod timingTiming whenUsed recordedOn"},
	"DeviceUsage":          {name: "Device use", code: "device reason", dates: "timingDateTime timingPeriod timingTiming dateAsserted"},
	"Appointment":          {name: "Appointment", code: "serviceType appointmentType type", text: "description", textFirst: true, dates: "start", ends: "end"},
	"Slot":                 {name: "Appointment slot", code: "serviceType appointmentType type", dates: "start", ends: "end"},
	"Schedule":             {name: "Schedule", code: "serviceType type", dates: "planningHorizon"},
	"Communication":        {name: "Message", code: "topic category reasonCode reason", text: "payload.contentString", dates: "sent received", attachments: "payload.contentAttachment"},
	"CommunicationRequest": {name: "Message request", code: "category reasonCode reason", text: "payload.contentString", dates: "occurrenceDateTime occurrencePeriod scheduledDateTime authoredOn requestedOn"},
	"Task":                 {name: "Task", code: "code", text: "description", dates: "executionPeriod authoredOn created"},

	// Documents and forms.
	"Composition":           {name: "Document", code: "type", text: "title", textFirst: true, category: "category class", dates: "date"},
	"DocumentManifest":      {name: "Documents", code: "type", text: "description", textFirst: true, dates: "created"},
	"List":                  {name: "List", code: "code", text: "title", textFirst: true, dates: "date"},
	"Questionnaire":         {name: "Questionnaire", code: "code", text: "title name", textFirst: true, subject: "-", dates: "date"},
	"QuestionnaireResponse": {name: "Questionnaire answers", code: "-", text: "questionnaire.display", dates: "authored"},
	"Consent":               {name: "Consent", code: "category scope", dates: "dateTime date period", attachments: "sourceAttachment"},
	"Binary":                {name: "File", code: "-", text: "-", subject: "-", dates: "-"},
	"Provenance":            {name: "Provenance", code: "activity", subject: "target", dates: "occurredDateTime occurredPeriod period recorded"},
	"AuditEvent":            {name: "Access log entry", code: "type code event.type", subject: "patient", dates: "recorded occurredDateTime event.dateTime"},
	"MessageHeader":         {name: "Message header", code: "eventCoding event", dates: "timestamp"},
	"OperationOutcome":      {name: "Message from a server", code: "issue.details", text: "issue.diagnostics", dates: "-"},

	// Money.
	"Claim":                {name: "Claim", code: "type", dates: "billablePeriod created"},
	"ClaimResponse":        {name: "Claim response", code: "type", dates: "created"},
	"ExplanationOfBenefit": {name: "Explanation of benefits", code: "type", dates: "billablePeriod created"},
	"Account":              {name: "Account", text: "name", textFirst: true, dates: "servicePeriod activePeriod coveragePeriod"},
	"Invoice":              {name: "Invoice", dates: "date periodDateTime periodPeriod"},
}

// entry is a recipe with the resource type that it serves.
type entry struct {
	name   string
	recipe *recipe
}

// recipes holds a recipe for every resource type that any table knows.
var recipes = func() map[string]entry {
	made := map[string]entry{}
	add := func(name string) {
		if _, ok := made[name]; ok {
			return
		}
		r := rows[name].recipe()
		r.exists, r.shapes, r.negations = setAll, typeShapes[name], negations[name]
		if set, ok := typeReleases[name]; ok {
			r.exists = set
		}
		made[name] = entry{name, r}
	}
	for name := range rows {
		add(name)
	}
	for name := range typeReleases {
		add(name)
	}
	for name := range typeShapes {
		add(name)
	}
	return made
}()

var defaultRecipe = func() *recipe {
	r := defaultRow.recipe()
	r.exists = setAll
	return r
}()

// recipeOf returns the recipe of a resource type and its name as a string, or
// nil when no table knows the type.
func recipeOf(resourceType []byte) (*recipe, string) {
	e := recipes[string(resourceType)]
	return e.recipe, e.name
}

// recipe makes a row ready for use.
func (r row) recipe() *recipe {
	return &recipe{
		name:        r.name,
		code:        paths(r.code, defaultRow.code),
		text:        paths(r.text, defaultRow.text),
		textFirst:   r.textFirst,
		category:    paths(r.category, defaultRow.category),
		status:      paths(r.status, defaultRow.status),
		subject:     paths(r.subject, defaultRow.subject),
		dates:       paths(r.dates, defaultRow.dates),
		ends:        paths(r.ends, ""),
		attachments: paths(r.attachments, ""),
	}
}

// paths reads the paths of a row's field.
func paths(field, fallback string) []*path {
	switch field {
	case "":
		field = fallback
	case "-":
		return nil
	}
	var list []*path
	for text := range strings.FieldsSeq(field) {
		list = append(list, parsePath(text))
	}
	return list
}
