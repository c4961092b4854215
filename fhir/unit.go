package fhir

import "strings"

// units are UCUM codes (ucum.org) as people write them. Systems often repeat
// the code as Quantity.unit.
var units = map[string]string{
	"mm[Hg]": "mmHg", "cm[H2O]": "cmH₂O", "Cel": "°C", "[degF]": "°F", "deg": "°", "kg/m2": "kg/m²", "m2": "m²", "mL/min/{1.73_m2}": "mL/min/1.73 m²",
	"[in_i]": "in", "[in_us]": "in", "[ft_i]": "ft", "[lb_av]": "lb", "[oz_av]": "oz", "[mi_i]": "mi", "[gal_us]": "gal",
	"10*3/uL": "×10³/µL", "10*3/mL": "×10³/mL", "10*6/uL": "×10⁶/µL", "10*9/L": "×10⁹/L", "10*12/L": "×10¹²/L", "/uL": "/µL",
	"ug/L": "µg/L", "ug/mL": "µg/mL", "ug/dL": "µg/dL", "umol/L": "µmol/L", "ug": "µg", "uL": "µL", "um": "µm", "u[IU]/mL": "µIU/mL", "m[IU]/L": "mIU/L",
	"m[IU]/mL": "mIU/mL", "[IU]/L": "IU/L", "[IU]": "IU", "[iU]": "IU", "[iU]/L": "IU/L", "[IU]/mL": "IU/mL",
	"mL/min": "mL/min", "/min": "/min", "{beats}/min": "beats/min", "{breaths}/min": "breaths/min", "[pH]": "pH", "[arb'U]/mL": "units/mL",
	"[ppm]": "ppm", "1": "", "{score}": "", "{nominal}": "", "a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours", "min": "min",
}

// unitText writes a unit as people do. Text in braces is UCUM's annotation and
// has no meaning for a machine; it is kept where it is all there is.
func unitText(unit string) string {
	if text, ok := units[unit]; ok {
		return text
	}
	if len(unit) > 2 && unit[0] == '{' && strings.IndexByte(unit, '}') == len(unit)-1 {
		return unit[1 : len(unit)-1]
	}
	return unit
}
