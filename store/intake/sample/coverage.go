package sample

import "github.com/keepwell-health/keepwell/fhir"

// insurance is one policy of the person.
type insurance struct {
	place string
	payer string
	plan  string
	id    string
	start day
	end   day
}

var policies = []insurance{
	{siteA.name, "Example Mutual Health", "Family Choice PPO", "EMH-4471-03", "2006-01-01", "2013-12-31"},
	{siteB.name, "Northfield Example Insurance", "Silver HMO", "NFX-88120", "2014-01-01", "2020-12-31"},
	{siteC.name, "Northfield Example Insurance", "Silver HMO", "NFX-88120", "2014-01-01", "2020-12-31"},
	{siteC.name, "Harbor Example Health Plan", "Gold PPO", "HXP-20210-77", "2021-01-01", ""},
}

func (c *chart) coverage() {
	for _, policy := range policies {
		if policy.place == c.site.name && c.past(policy.start) {
			c.add("Coverage", policy.id, func(o object) object { return c.fillCoverage(o, policy) })
		}
	}
}

func (c *chart) fillCoverage(o object, policy insurance) object {
	period := object{{"start", string(policy.start)}}
	ended := c.past(policy.end)
	if policy.end != "" {
		period = period.with("end", string(policy.end))
	}
	kind := code{hl7 + "v3-ActCode", "EHCPOL", "extended healthcare", "Health insurance"}
	if c.release == fhir.DSTU2 {
		return o.
			with("issuer", object{{"display", policy.payer}}).
			with("period", period).
			with("type", kind.coding()).
			with("subscriberId", object{{"value", policy.id}}).
			with("plan", policy.plan).
			with("subscriber", c.patient())
	}
	return o.
		with("status", pick(ended, "cancelled", "active")).
		with("type", kind.concept()).
		with("subscriber", c.patient()).
		with("subscriberId", policy.id).
		with("beneficiary", c.patient()).
		with("relationship", object{{"coding", []object{{{"system", hl7 + "subscriber-relationship"}, {"code", "self"}}}}}).
		with("period", period).
		with("payor", []object{{{"display", policy.payer}}}).
		with("class", []object{{
			{"type", object{{"coding", []object{{{"system", hl7 + "coverage-class"}, {"code", "plan"}}}}}},
			{"value", policy.plan}, {"name", policy.plan},
		}})
}
