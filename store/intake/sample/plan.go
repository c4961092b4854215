package sample

import "github.com/keepwell-health/keepwell/fhir"

// plans writes the records that no clinical type holds: family history, what
// was asked about habits, the blood group, plans and goals.
func (c *chart) plans() {
	switch c.site.name {
	case siteA.name:
		c.family("mother", code{hl7 + "v3-RoleCode", "MTH", "mother", ""}, code{snomed, "44054006", "Diabetes mellitus type 2", "Type 2 diabetes"}, "58")
		c.family("father", code{hl7 + "v3-RoleCode", "FTH", "father", ""}, code{snomed, "22298006", "Myocardial infarction", "Heart attack"}, "52")
		c.smoking("2006-04-11")
	case siteB.name:
		c.smoking("2014-03-18")
		c.carePlan("2017-03-21")
		c.goal("2017-03-21")
		c.virusTest("2020-12-08")
	case siteC.name:
		c.bloodGroup("2008-07-21")
	}
}

func (c *chart) family(who string, relation, problem code, age number) {
	c.add("FamilyMemberHistory", who, func(o object) object {
		return o.
			with("patient", c.patient()).
			with("date", "2006-04-11").
			with("status", "completed").
			with("relationship", relation.concept()).
			with("condition", []object{{{"code", problem.concept()}, {"onset" + pick(c.release == fhir.DSTU2, "Quantity", "Age"), quantity(age, "years", "a")}}})
	})
}

func (c *chart) smoking(on day) {
	what := code{loinc, "72166-2", "Tobacco smoking status", ""}
	never := code{snomed, "266919005", "Never smoked tobacco (finding)", "Never smoked"}
	c.coded("social-history", what, never, on.at(9, 5))
}

func (c *chart) bloodGroup(on day) {
	c.coded(laboratory, code{loinc, "882-1", "ABO and Rh group [Type] in Blood", "Blood type"},
		code{snomed, "278149003", "Blood group A Rh(D) positive (finding)", "A Rh(D) positive"}, on.at(6, 40))
}

func (c *chart) virusTest(on day) {
	if !c.past(on) {
		return
	}
	c.coded(laboratory, code{loinc, "94500-6", "SARS-CoV-2 (COVID-19) RNA [Presence] in Respiratory system specimen by NAA with probe detection", "COVID-19 PCR"},
		code{snomed, "260373001", "Detected (qualifier value)", "Detected"}, on.at(10, 30))
}

func (c *chart) carePlan(on day) {
	if !c.past(on) {
		return
	}
	step := func(what code) object {
		return object{{"detail", object{{"code", what.concept()}, {"status", "in-progress"}}}}
	}
	c.add("CarePlan", string(on), func(o object) object {
		return o.
			with("status", "active").
			with("intent", "plan").
			with("title", "Diabetes self-management").
			with("category", []object{code{snomed, "698360004", "Diabetes self management plan", ""}.concept()}).
			with("subject", c.patient()).
			with("period", object{{"start", string(on)}}).
			with("author", c.doctor()).
			with("activity", []object{
				step(code{snomed, "160670007", "Diabetic diet", ""}),
				step(code{snomed, "229065009", "Exercise therapy", "Walk 30 minutes a day"}),
			})
	})
}

func (c *chart) goal(on day) {
	if !c.past(on) {
		return
	}
	c.add("Goal", string(on), func(o object) object {
		return o.
			with("lifecycleStatus", "active").
			with("description", object{{"text", "Hemoglobin A1c below 7 %"}}).
			with("subject", c.patient()).
			with("startDate", string(on)).
			with("target", []object{{{"measure", glycated.code.concept()}, {"detailQuantity", object{{"value", number("7.0")}, {"comparator", "<"}, {"unit", "%"}, {"system", ucum}, {"code", "%"}}}}})
	})
}
