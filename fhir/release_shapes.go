package fhir

import "strings"

// shape is an element that only some releases have, or have in that form.
type shape struct {
	path     *path
	first    byte // first byte of its value: { [ " or t for a boolean; 0 for any
	releases releaseSet
}

// releaseLetters are the releases as the tables below write them.
var releaseLetters = map[byte]releaseSet{'2': setDSTU2, '3': setSTU3, '4': setR4, 'B': setR4B, '5': setR5}

// parseReleases reads a set written in releaseLetters.
func parseReleases(text string) (set releaseSet) {
	for i := range len(text) {
		set |= releaseLetters[text[i]]
	}
	return set
}

// parseShapes reads shapes written as "path=releases" or "path:first=releases".
func parseShapes(text string) []shape {
	var shapes []shape
	for field := range strings.FieldsSeq(text) {
		element, releases, _ := strings.Cut(field, "=")
		element, first, _ := strings.Cut(element, ":")
		s := shape{path: parsePath(element), releases: parseReleases(releases)}
		if first != "" {
			s.first = first[0]
		}
		shapes = append(shapes, s)
	}
	return shapes
}

// typeReleases gives the releases that have a resource type, where not all do
// (FHIR DSTU2 to R5, "Resource Index").
var typeReleases = func() map[string]releaseSet {
	made := map[string]releaseSet{}
	for releases, names := range map[string]string{
		"2":    "Conformance DiagnosticOrder MedicationOrder DeviceUseRequest Order OrderResponse ImagingObjectSelection",
		"23":   "BodySite ProcedureRequest ReferralRequest EligibilityRequest EligibilityResponse DeviceComponent DataElement ProcessRequest ProcessResponse",
		"3":    "ImagingManifest Sequence ServiceDefinition ExpansionProfile",
		"234B": "DocumentManifest Media DeviceUseStatement EnrollmentRequest EnrollmentResponse",
		"34B":  "RequestGroup",
		"345B": "MedicationRequest CareTeam Consent PractitionerRole Task CapabilityStatement DeviceRequest Endpoint AdverseEvent " +
			"GuidanceResponse PlanDefinition ActivityDefinition ResearchStudy ResearchSubject ChargeItem Library Measure MeasureReport " +
			"Linkage MessageDefinition GraphDefinition CodeSystem CompartmentDefinition StructureMap TestReport",
		"4B5": "ServiceRequest BodyStructure ImmunizationEvaluation CoverageEligibilityRequest CoverageEligibilityResponse MolecularSequence " +
			"InsurancePlan VerificationResult ObservationDefinition SpecimenDefinition BiologicallyDerivedProduct Invoice Evidence " +
			"EvidenceVariable ChargeItemDefinition DeviceDefinition EventDefinition ExampleScenario MedicationKnowledge " +
			"OrganizationAffiliation TerminologyCapabilities",
		"4B": "CatalogEntry ResearchDefinition ResearchElementDefinition",
		"4": "EffectEvidenceSynthesis RiskEvidenceSynthesis MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication " +
			"MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured " +
			"MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect SubstanceSpecification",
		"B5": "SubscriptionTopic SubscriptionStatus Citation Ingredient AdministrableProductDefinition ManufacturedItemDefinition " +
			"MedicinalProductDefinition PackagedProductDefinition RegulatedAuthorization ClinicalUseDefinition NutritionProduct " +
			"SubstanceDefinition EvidenceReport",
		"5": "ImagingSelection GenomicStudy Transport Permission ActorDefinition FormularyItem InventoryItem InventoryReport NutritionIntake " +
			"RequestOrchestration DeviceUsage DeviceDispense DeviceAssociation DeviceAlert EncounterHistory Requirements ConditionDefinition " +
			"BiologicallyDerivedProductDispense ArtifactAssessment TestPlan",
	} {
		for name := range strings.FieldsSeq(names) {
			made[name] = parseReleases(releases)
		}
	}
	return made
}()

// anyTypeShapes hold for every resource type.
var anyTypeShapes = parseShapes("fhir_comments=2 meta.source=4B5")

// typeShapes holds what tells the releases of one resource type apart: elements
// that were added, renamed or removed, and those that went from one to several
// or from a code to a CodeableConcept. Source: the R3, R4 and R5 comparison
// pages of each resource ("Differences from ...").
var typeShapes = func() map[string][]shape {
	made := map[string][]shape{}
	for name, text := range map[string]string{
		"AllergyIntolerance": `substance=2 code=34B5 onset=2 onsetDateTime=34B5 onsetPeriod=34B5 status=2 assertedDate=3 recordedDate=24B5 clinicalStatus:"=3
			clinicalStatus:{=4B5 verificationStatus:"=3 verificationStatus:{=4B5 category:"=2 category:[=34B5 type:{=5 type:"=234B
			note:{=2 note:[=34B5 lastOccurence=2 lastOccurrence=34B5 reporter=2 participant=5 encounter=4B5`,
		"Condition": `patient=2 subject=34B5 dateRecorded=2 assertedDate=3 recordedDate=4B5 clinicalStatus:"=23 clinicalStatus:{=4B5
			verificationStatus:"=23 verificationStatus:{=4B5 category:{=2 category:[=34B5 context=3 encounter=24B5 notes=2 note=34B5
			onsetQuantity=2 onsetAge=34B5 recorder=4B participant=5 abatementBoolean=23 stage:{=23 stage:[=4B5 evidence.code:{=23
			evidence.code:[=34B`,
		"Immunization": `date=23 occurrenceDateTime=4B5 occurrenceString=4B5 wasNotGiven=2 notGiven=3 reported=2 primarySource=34B5 requester=2
			practitioner=3 performer:{=2 performer:[=4B5 explanation=23 statusReason=4B5 vaccinationProtocol=23 protocolApplied=4B5
			informationSource=5 reportOrigin=34B programEligibility.program=5 manufacturer.concept=5 manufacturer.reference:{=5
			reasonCode=4B reason=5`,
		"Observation": `comments=2 comment=3 note=4B5 category:{=2 category:[=34B5 encounter=24B5 context=3 related=23 hasMember=4B5 derivedFrom=4B5
			interpretation:{=23 interpretation:[=4B5 valueInteger=4B5 basedOn=34B5 partOf=4B5 effectiveInstant=4B5
			effectiveTiming=4B5 focus=4B5 triggeredBy=5 instantiatesCanonical=5 bodyStructure=5 component.interpretation=34B5`,
		"DiagnosticReport": `category:{=23 category:[=4B5 encounter=24B5 context=3 request=2 basedOn=34B5 codedDiagnosis=23 conclusionCode=4B5
			performer:{=2 performer:[=34B5 performer.actor=3 performer.reference=24B5 image=23 media=4B5 resultsInterpreter=4B5
			imagingStudy=234B study=5 note=5 composition=5`,
		"MedicationRequest": `context=3 encounter=4B5 definition=3 medication=5 medicationCodeableConcept=34B medicationReference=34B requester.agent=3
			requester.reference=4B5 reasonCode=34B reason=5 renderedDosageInstruction=5 statusReason=4B5 category:{=3 category:[=4B5
			reportedBoolean=4B reportedReference=4B reported=5 courseOfTherapyType=4B5 informationSource=5
			dosageInstruction.doseAndRate=4B5 dosageInstruction.doseQuantity=3`,
		"MedicationDispense": `patient=2 subject=34B5 dispenser=2 performer=34B5 performer.onBehalfOf=3 medication=5 medicationCodeableConcept=234B
			medicationReference=234B notDone=3 statusReasonCodeableConcept=4B notPerformedReason=5 note:"=2 note:[=34B5 identifier:{=2
			identifier:[=34B5 context=34B encounter=5 statusChanged=5 recorded=5 substitution.wasSubstituted=34B5
			dosageInstruction.doseAndRate=4B5 dosageInstruction.doseQuantity=23`,
		"MedicationStatement": `patient=2 subject=34B5 wasNotTaken=2 taken=3 context=34B encounter=5 informationSource:{=234B informationSource:[=5
			medication=5 medicationCodeableConcept=234B medicationReference=234B note:"=2 note:[=34B5 reasonForUseCodeableConcept=2
			reasonForUseReference=2 reasonCode=34B reason=5 reasonNotTaken=23 statusReason=4B dosage.quantityQuantity=2
			dosage.doseAndRate=4B5 dosage.doseQuantity=3 category:{=34B category:[=5`,
		"MedicationAdministration": `patient=2 subject=34B5 effectiveTimeDateTime=2 effectiveTimePeriod=2 effectiveDateTime=34B effectivePeriod=34B
			occurenceDateTime=5 occurencePeriod=5 wasNotGiven=2 notGiven=3 practitioner=2 performer=34B5 prescription=23 request=4B5
			encounter=25 context=34B reasonGiven=2 reasonCode=34B medication=5 reasonNotGiven=23 statusReason=4B`,
		"Medication": `product=2 package=23 isBrand=23 isOverTheCounter=3 form=34B ingredient=34B5 batch=4B5 amount=4B doseForm=5 totalVolume=5
			definition=5 status=34B5 image=3 ingredient.itemCodeableConcept=34B ingredient.item=5 ingredient.amount=3
			ingredient.strength=4B ingredient.strengthRatio=5`,
		"Procedure": `performedDateTime=234B performedPeriod=234B occurrenceDateTime=5 occurrencePeriod=5 notPerformed=2 notDone=3
			reasonCodeableConcept=2 reasonCode=34B reason=5 encounter=24B5 context=3 notes=2 note=34B5 recorded=5 definition=3 partOf=34B5
			request=2 basedOn=34B5 statusReason=4B5 category:[=5 category:{=234B performer.role=23 performer.function=4B5
			reasonNotPerformed=2 notDoneReason=3 usedReference=34B`,
		"DocumentReference": `indexed=23 created=23 class=23 category=4B5 date=4B5 context:{=234B context:[=5 docStatus:{=2 docStatus:"=34B5
			authenticator=234B attester=5 version=5 modality=5 period=5 event=5 facilityType=5 content.profile=5 content.format:{=34B 			content.format:[=2 basedOn=5 bodySite=5 context.encounter:{=23 context.encounter:[=4B relatesTo.code:{=5 relatesTo.code:"=234B
			content.attachment.height=5 custodian=24B5`,
		"Coverage": `bin=2 issuer=2 grouping=3 payor=34B insurer=5 beneficiary=34B5 policyHolder=34B5 class=4B5 costToBeneficiary=4B5 kind=5
			order=34B5 plan=2 subPlan=2 group=2 subscriberId:{=2 subscriberId:"=34B subscriberId:[=5 status=34B5 contract=234B sequence=23
			paymentBy=5`,
		"Patient":          `name.family:[=2 name.family:"=34B5 animal=23 careProvider=2 generalPractitioner=34B5`,
		"Practitioner":     `name:{=2 name:[=34B5 name.family:[=2 name.family:"=34B5 practitionerRole=2`,
		"RelatedPerson":    `relationship:{=23 relationship:[=4B5 name:{=2 name:[=34B5 name.family:[=2 name.family:"=34B5 active=34B5`,
		"Person":           `name.family:[=2 name.family:"=34B5`,
		"PractitionerRole": `availableTime=34B contact=5 availability=5 telecom=34B`,
		"Organization":     `type:{=2 type:[=34B5 qualification=5 description=5 contact.name:[=5 contact.name:{=234B`,
		"Location": `physicalType=234B form=5 operationalStatus=34B5 type:{=23 type:[=4B5 telecom=234B contact=5 hoursOfOperation:[=4B
			hoursOfOperation:{=5`,
		"Device": `udi:"=2 udi:{=3 udiCarrier=4B5 deviceName=4B displayName=5 name=5 type:{=234B type:[=5 model=23 modelNumber=4B5 version:"=23
			version:[=4B5 expiry=2 expirationDate=34B5 patient=234B distinctIdentifier=4B serialNumber=4B5 property=4B5`,
		"Specimen":  `treatment=2 processing=34B5 collection.comment=2 container.device=5 processing.procedure=34B processing.method=5`,
		"Substance": `instance:[=234B instance:t=5 code.concept=5 status=34B5 ingredient.substance=2 ingredient.substanceCodeableConcept=34B5`,
		"Group":     `actual=234B membership=5`,
		"Encounter": `class:"=2 class:{=34B class:[=5 patient=2 subject=34B5 period=234B actualPeriod=5 reasonCode=4B indication=2 diagnosis=34B5
			incomingReferral=23 hospitalization=234B admission=5 serviceType:{=4B serviceType:[=5 reason.use=5 reason.value=5
			reason.coding=23 reason.text=23 participant.individual=234B participant.actor=5`,
		"EpisodeOfCare": `condition=2 diagnosis=34B5 reason=5`,
		"CarePlan": `modified=2 participant=2 author:[=23 author:{=4B context=23 encounter=4B5 intent=34B5 title=34B5 careTeam=34B5 created=4B5
			contributor=4B5 custodian=5 definition=3 note:{=2 note:[=34B5 basedOn=34B5 activity.actionResulting=2
			activity.outcomeReference=34B activity.plannedActivityReference=5 activity.detail.category=23 activity.detail.kind=4B
			activity.reference=234B activity.detail=234B addresses.reference:"=234B addresses.reference:{=5 addresses.concept=5`,
		"CareTeam": `context=3 encounter=4B participant.role:{=3 participant.role:[=4B participant.coverageTiming=5 reasonCode=34B reason=5
			telecom=4B5`,
		"Goal": `targetDate=2 targetQuantity=2 target:{=3 target:[=4B5 description:"=2 description:{=34B5 status=23 lifecycleStatus=4B5
			achievementStatus=4B5 author=2 expressedBy=34B source=5 outcome=2 outcomeCode=34B outcomeReference=34B statusReason:{=2
			statusReason:"=34B5`,
		"ServiceRequest": `reasonCode=4B reason=5 code.concept=5 code.coding=4B code.text=4B bodyStructure=5 orderDetail.parameter=5`,
		"ReferralRequest": `date=2 dateSent=2 fulfillmentTime=2 patient=2 subject=3 reason=2 reasonCode=3 authoredOn=3 intent=3 occurrenceDateTime=3
			occurrencePeriod=3 requester.agent=3 requester.reference=2 encounter=2 context=3`,
		"ProcedureRequest": `scheduledDateTime=2 scheduledPeriod=2 scheduledTiming=2 orderedOn=2 orderer=2 notes=2 note=3 intent=3 authoredOn=3
			occurrenceDateTime=3 occurrencePeriod=3 requester=3 encounter=2 context=3 reasonCodeableConcept=2 reasonCode=3`,
		"DeviceRequest":      `codeCodeableConcept=34B codeReference=34B code=5`,
		"NutritionOrder":     `intent=4B5 patient=234B subject=5 instantiates=4B5`,
		"VisionPrescription": `dispense=23 lensSpecification=4B5 created=4B5 reasonCodeableConcept=23 status=34B5`,
		"SupplyDelivery": `time=2 occurrenceDateTime=34B5 occurrencePeriod=34B5 suppliedItem:{=234B suppliedItem.quantity=34B5 quantity=2
			suppliedItem:[=5 basedOn=34B5`,
		"SupplyRequest":              `date=2 source=2 orderedItem=23 item=5 itemCodeableConcept=4B authoredOn=34B5 kind=2`,
		"ImmunizationRecommendation": `recommendation.vaccineCode:{=23 recommendation.vaccineCode:[=4B5 recommendation.date=23 authority=4B5 date=4B5`,
		"FamilyMemberHistory":        `note:{=2 note:[=34B5 gender=23 sex=4B5 notDone=3 reasonCode=34B reason=5 definition=3`,
		"ClinicalImpression": `patient=2 subject=34B5 triggerReference=2 triggerCodeableConcept=2 context=3 encounter=4B5 assessor=234B performer=5 investigations=2
			investigation=34B action=23 plan=2 code=34B5 finding.item=2 finding.itemCodeableConcept=34B finding.itemReference=34B
			finding.item.concept=5 prognosis=2 change=5`,
		"RiskAssessment": `date=2 occurrenceDateTime=34B5 occurrencePeriod=34B5 context=3 encounter=24B5 comment=3 note=4B5 reasonCodeableConcept=3
			reasonCode=4B reason=5 prediction.probabilityCodeableConcept=2 prediction.qualitativeRisk=34B5 status=34B5`,
		"DetectedIssue": `category:{=23 category:[=5 code=4B5 patient=234B subject=5 date=23 identifiedDateTime=4B5`,
		"AdverseEvent":  `code=5 event=4B type=3 description=3 category:{=3 category:[=4B5 actuality=4B5 occurrenceDateTime=5 suspectEntity.instance=34B`,
		"Flag":          `category:{=23 category:[=4B5`,
		"ImagingStudy": `uid=23 patient=23 subject=4B5 status=4B5 availability=23 accession=23 order=2 basedOn=34B5 modalityList=23 modality=4B5
			procedureCode=34B endpoint=34B5 series.performer=34B5 context=3 encounter=4B5`,
		"Media": `type:"=23 type:{=4B subtype=23 createdDateTime=4B occurrenceDateTime=3 context=3 encounter=4B status=4B modality=4B`,
		"Appointment": `reason:{=2 type=2 appointmentType=34B5 reasonCode=4B indication=3 incomingReferral=3 comment=234B note=5
			patientInstruction:"=4B patientInstruction:[=5 class=5 subject=5 serviceCategory:{=3 serviceCategory:[=4B5
			requestedPeriod=34B5 created=34B5 priority:{=5 supportingInformation=34B5 serviceType.concept=5`,
		"Slot":     `type=2 serviceType=34B5 freeBusyType=2 status=34B5 appointmentType:[=5 serviceCategory:{=3 serviceCategory:[=4B5`,
		"Schedule": `type=2 serviceType=34B5 actor:{=2 actor:[=34B5 serviceCategory:{=3 serviceCategory:[=4B5`,
		"Communication": `context=3 encounter=24B5 notDone=3 statusReason=4B5 reason=25 reasonCode=34B definition=3 category:{=2 category:[=34B5
			topic=34B5 requestDetail=2 basedOn=34B5 payload.contentString=234B payload.contentCodeableConcept=5 about=4B5`,
		"Task": `context=3 encounter=4B5 reason:{=3 reasonCode=4B reason:[=5 performerType:{=3 performerType:[=4B requester.agent=3
			definitionUri=3 definitionReference=3 instantiatesUri=4B5 location=4B5`,
		"Composition": `class=23 category=4B5 confidentiality=234B subject:{=234B subject:[=5 identifier:{=234B identifier:[=5 attester.mode:[=23
			attester.mode:"=4B attester.mode:{=5 event.code=234B`,
		"DocumentManifest":      `ref=4B`,
		"List":                  `note:"=2 note:[=34B5 subject:[=5`,
		"Questionnaire":         `group=2 item=34B5 telecom=2`,
		"QuestionnaireResponse": `group=2 item=34B5 context=3 encounter=24B5 questionnaire:{=23 questionnaire:"=4B5 partOf=4B5 parent=3 basedOn=34B5`,
		"Consent": `dateTime=34B date=5 scope=4B patient=34B subject=5 except=3 provision:{=4B provision:[=5 consentingParty=3 performer=4B
			decision=5 securityLabel=3 purpose=3 actor=3 policyRule:"=3 policyRule:{=4B regulatoryBasis=5 organization=34B`,
		"Provenance": `occurredPeriod=4B5 occurredDateTime=4B5 period=23 agent.who=4B5 agent.whoReference=3 agent.whoUri=3 agent.actor=2
			agent.type:[=34B agent.type:{=45B entity.what=4B5 entity.whatReference=3 entity.reference=2 authorization=5
			agent.role:{=2 agent.role:[=34B5`,
		"AuditEvent":    `event=2 participant=2 object=2 type=34B code=5 category=5 agent.who=4B5 agent.reference=3 entity.what=4B5 entity.reference=3 			outcome:"=34B outcome:{=5 severity=5 source.observer=4B5`,
		"MessageHeader": `event=23 eventCoding=4B5 eventUri=4B5 timestamp=23 data=2 focus=34B5 source.endpointUrl=5`,
		"BodySite":      `modifier=2 qualifier=3 active=3`,
		"Claim": `type:{=34B5 type:"=2 coverage=2 insurance=34B5 organization=23 hospitalization=3 information=3 supportingInfo=4B5
			billablePeriod=34B5 careTeam=34B5 subType:[=3 subType:{=4B5 ruleset=2 originalRuleset=2 item.service=23
			item.productOrService=4B5 target=2 status=34B5 item.sequenceLinkId=3 employmentImpacted=3`,
		"ClaimResponse": `ruleset=2 outcome:{=3 outcome:"=24B5 use=4B5 type=4B5 patient=34B5 requestProvider=23 			`,
		"ExplanationOfBenefit": `claim=34B5 information=3 supportingInfo=4B5 insurance:{=3 insurance:[=4B5
			totalCost=3 totalBenefit=3 total=4B5 organization=23 outcome:{=3 outcome:"=24B5 hospitalization=3
			use=4B5 subType:[=3 subType:{=4B5 item.service=3 item.productOrService=4B5 diagnosis.diagnosisCodeableConcept=34B5
			careTeam=34B5 status=34B5`,
		"Account": `subject:{=23 subject:[=4B5 coveragePeriod=23 active=3 activePeriod=2 servicePeriod=4B5 period=3 balance:{=23 balance:[=5`,
		"MeasureReport": `measure:{=3 measure:"=4B5 evaluatedResources=3 evaluatedResource=4B5 patient=3 subject=4B5 group.measureScore=3
			group.measureScoreQuantity=5 location=5`,
		"ValueSet":     `codeSystem=2`,
		"DeviceMetric": `measurementPeriod=234B measurementFrequency=5 device=5 source=234B`,
		"Subscription": `criteria=234B channel=234B topic=5 filterBy=5 tag=2`,
		"Endpoint":     `connectionType:{=34B connectionType:[=5 payloadType=34B payload=5`,
	} {
		made[name] = parseShapes(text)
	}
	return made
}()
