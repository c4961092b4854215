package view

import (
	"encoding/json"
	"reflect"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/fhir/dstu2"
)

// What a View notes of its typed model.
const (
	noteNoModel  = "Keepwell has no detailed form for this kind of record; its parts are named as they stand in it."
	noteRefused  = "This record departs from the standard's form for its kind; its parts are shown as they were received."
	noteNotWhole = "The detailed form for this kind of record does not hold all of this record; the rest is shown as well."
)

// model decodes a resource by the typed model of its release and lays the
// model's types over the tree. The note is "" when the model carries it whole.
func model(resource *node, release fhir.Release) (note string) {
	typed, known := decode(resource, release)
	switch {
	case !known:
		return noteNoModel
	case typed == nil:
		return noteRefused
	case !lay(resource, reflect.ValueOf(typed)):
		return noteNotWhole
	}
	return ""
}

// decode makes the typed model: nil when it refuses the record. A release that
// nothing told is taken for R4, the one that most records have.
func decode(resource *node, release fhir.Release) (typed any, known bool) {
	resourceType := resource.string("resourceType")
	switch release {
	case fhir.DSTU2:
		typed = dstu2.New(resourceType)
		if typed == nil {
			return nil, false
		}
		if _, err := dstu2.Unmarshal(resource.raw, typed); err != nil {
			return nil, true
		}
	case fhir.R4, "":
		typed = newR4(resourceType)
		if typed == nil {
			return nil, false
		}
		if json.Unmarshal(resource.raw, typed) != nil {
			return nil, true
		}
	}
	return typed, typed != nil
}

// newR4 makes an empty R4 model, a pointer, of the resources that the clinical
// types are made of; nil for others. Each adds to the size of the wasm module.
func newR4(resourceType string) any {
	switch resourceType {
	case "AllergyIntolerance":
		return new(r4.AllergyIntolerance)
	case "Condition":
		return new(r4.Condition)
	case "Coverage":
		return new(r4.Coverage)
	case "DiagnosticReport":
		return new(r4.DiagnosticReport)
	case "DocumentReference":
		return new(r4.DocumentReference)
	case "Immunization":
		return new(r4.Immunization)
	case "Medication":
		return new(r4.Medication)
	case "MedicationAdministration":
		return new(r4.MedicationAdministration)
	case "MedicationDispense":
		return new(r4.MedicationDispense)
	case "MedicationRequest":
		return new(r4.MedicationRequest)
	case "MedicationStatement":
		return new(r4.MedicationStatement)
	case "Observation":
		return new(r4.Observation)
	case "Patient":
		return new(r4.Patient)
	case "Procedure":
		return new(r4.Procedure)
	}
	return nil
}

// displayer is a code of either release's models.
type displayer interface{ Display() string }

// lay notes the model's types and displays on the tree, and tells whether the
// model holds a place for every value of it.
func lay(n *node, v reflect.Value) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return n.kind == null
		}
		v = v.Elem()
	}
	switch {
	case n.kind == null:
		return true
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		return true
	case n.kind == array:
		return layItems(n, v)
	case v.Kind() == reflect.Slice: // one value where the release has an array
		return v.Len() == 1 && lay(n, v.Index(0))
	case n.kind == object:
		return v.Kind() == reflect.Struct && layMembers(n, v)
	}
	if code, isCode := v.Interface().(displayer); isCode {
		n.display = code.Display()
	}
	return n.kind != unread && v.Kind() != reflect.Struct
}

// layItems lays over an array.
func layItems(n *node, v reflect.Value) bool {
	if v.Kind() != reflect.Slice { // an array where the release has one value: its first
		return len(n.items) == 1 && lay(n.items[0], v)
	}
	whole := len(n.items) == v.Len()
	for i, item := range n.items {
		if i < v.Len() && !lay(item, v.Index(i)) {
			whole = false
		}
	}
	return whole
}

// layMembers lays over an object. A member that stands twice is not carried
// whole: the model holds the last.
func layMembers(n *node, v reflect.Value) bool {
	n.typeName = v.Type().Name()
	whole, times := true, map[string]int{}
	for _, member := range n.items {
		times[member.name]++
	}
	for _, member := range n.items {
		if member.name == "resourceType" {
			continue // told by the model's Go type
		}
		field := fieldOf(v, member.name)
		if !field.IsValid() || times[member.name] > 1 || !lay(member, field) {
			whole = false
		}
	}
	return whole
}

// fieldOf finds the struct field of a member by its exact name, since
// encoding/json would take "Status" for "status" too.
func fieldOf(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
