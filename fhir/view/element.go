package view

// elements say the backbone elements that a person reads as one sentence, by
// member, or by resource and member where that matters. What a sentence leaves
// out stands below it.
var elements map[string]func(*teller, *node) string

func init() { // the functions refer to the map by way of field
	elements = map[string]func(*teller, *node) string{
		"AllergyIntolerance.reaction": (*teller).reaction,
		"component":                   (*teller).component,
		"referenceRange":              (*teller).referenceRange,
		"Coverage.class":              (*teller).planClass,
		"Patient.communication":       (*teller).communication,
		"Patient.contact":             (*teller).contact,
		"item":                        (*teller).answers,
		"question":                    (*teller).answers,
		"ingredient":                  (*teller).ingredient,
		"content":                     (*teller).content,
		"dosage":                      (*teller).dosage,
		"dosageInstruction":           (*teller).dosage,
		"performer":                   (*teller).actor,
		"participant":                 (*teller).actor,
		"member":                      (*teller).actor,
		"careTeam":                    (*teller).actor,
		"agent":                       (*teller).actor,
	}
}

// reaction says a reaction and how bad it was: "Hives (severe)".
func (t *teller) reaction(n *node) string {
	words := t.join(n.each("manifestation"))
	if words == "" {
		words = t.words(n.get("description"))
	}
	if words == "" {
		return ""
	}
	return aside(words, lower(t.words(n.get("severity"))))
}

// component says the value of one part of an Observation; its label is what was
// measured.
func (t *teller) component(n *node) string {
	value := t.words(n.choice("value"))
	if value == "" {
		value = t.words(n.get("dataAbsentReason"))
	}
	return aside(value, lower(t.words(n.get("interpretation"))))
}

// referenceRange says what is usual: "3.5–5.1 mmol/L (normal range)".
func (t *teller) referenceRange(n *node) string {
	words := t.ends(n.get("low"), n.get("high"))
	meaning := t.words(n.get("type"))
	if meaning == "" {
		meaning = t.words(n.get("meaning")) // DSTU2
	}
	if words == "" {
		words = t.words(n.get("text"))
	}
	return aside(words, lower(meaning))
}

// planClass says what a policy is a part of: "Group: Acme Works, 1234".
func (t *teller) planClass(n *node) string {
	name := list(t.words(n.get("name")), t.words(n.get("value")))
	if kind := t.words(n.get("type")); kind != "" && name != "" {
		return kind + ": " + name
	}
	return name
}

// communication says a language that the person speaks.
func (t *teller) communication(n *node) string {
	words := t.words(n.get("language"))
	if preferred := n.get("preferred"); preferred != nil && preferred.text == "true" {
		return aside(words, preferred.tell("preferred"))
	}
	return words
}

// contact says someone to call: "Bo Doe (wife)".
func (t *teller) contact(n *node) string {
	name := t.words(n.get("name"))
	if name == "" {
		return ""
	}
	return aside(name, lower(t.join(n.each("relationship"))))
}

// ingredient says what a medicine is made of: "Paracetamol, 500 mg".
func (t *teller) ingredient(n *node) string {
	return list(t.words(n.choice("item")), t.words(n.choice("strength")), t.words(n.get("amount")))
}

// content says the document that a DocumentReference holds or points at.
func (t *teller) content(n *node) string { return t.words(n.get("attachment")) }

// answers says what was answered to a question of a questionnaire; its label is
// the question.
func (t *teller) answers(n *node) string {
	var parts []string
	for _, answer := range n.each("answer") {
		parts = append(parts, t.words(answer.choice("value")))
	}
	return list(parts...)
}

// actor says who took part and as what: "Dr Ann Doe (ordering provider)".
func (t *teller) actor(n *node) string {
	for _, who := range []string{"actor", "individual", "who", "member", "provider", "party"} {
		words := t.words(n.choice(who))
		if words == "" {
			continue
		}
		for _, as := range []string{"function", "role", "type"} {
			if role := t.words(n.get(as)); role != "" {
				return aside(words, lower(role))
			}
		}
		return words
	}
	return ""
}
