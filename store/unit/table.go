package unit

import "math"

// atom is a named unit; metric tells whether it takes prefixes (UCUM section 4.2).
type atom struct {
	unit
	metric bool
}

// of returns the dimension of one base quantity.
func of(base int) (d dimension) {
	d[base] = 1
	return d
}

// dims returns the dimension length^l mass^m duration^t.
func dims(l, m, t int8) (d dimension) {
	d[length], d[mass], d[duration] = l, m, t
	return d
}

func metric(factor float64, d dimension) atom {
	return atom{unit{factor: factor, dimension: d}, true}
}

func plain(factor float64, d dimension) atom {
	return atom{unit{factor: factor, dimension: d}, false}
}

// avogadro is the number of particles in a mole (SI Brochure, 9th edition, 2.2).
const avogadro = 6.02214076e23

// Pressures and energies are in base units of kilogram, metre and second.
var (
	pressure = dims(-1, 1, -2)
	energy   = dims(2, 1, -2)
	power    = dims(2, 1, -3)
	volume   = dims(3, 0, 0)
)

// conductance is the dimension of the siemens: s3 A2 / (kg m2).
var conductance = func() dimension {
	d := dims(-2, -1, 3)
	d[current] = 2
	return d
}()

// voltage is the dimension of the volt: kg m2 / (s3 A).
var voltage = func() dimension {
	d := dims(2, 1, -3)
	d[current] = -1
	return d
}()

// prefixes are UCUM's (section 4.2, table 1) and HealthKit's "mc" for micro.
var prefixes = map[string]float64{
	"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "h": 1e2, "da": 1e1,
	"d": 1e-1, "c": 1e-2, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "mc": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15,
}

// atoms lists UCUM's codes and HealthKit's names side by side.
var atoms = map[string]atom{
	"1": plain(1, dimension{}), "count": plain(1, dimension{}),
	"%": plain(0.01, dimension{}), "[ppm]": plain(1e-6, dimension{}),

	"m":  metric(1, of(length)),
	"in": plain(0.0254, of(length)), "[in_i]": plain(0.0254, of(length)), "[in_us]": plain(0.0254, of(length)),
	"ft": plain(0.3048, of(length)), "[ft_i]": plain(0.3048, of(length)), "[ft_us]": plain(0.3048, of(length)),
	"yd": plain(0.9144, of(length)), "[yd_i]": plain(0.9144, of(length)),
	"mi": plain(1609.344, of(length)), "[mi_i]": plain(1609.344, of(length)),

	"g":  metric(1e-3, of(mass)),
	"oz": plain(0.028349523125, of(mass)), "[oz_av]": plain(0.028349523125, of(mass)),
	"lb": plain(0.45359237, of(mass)), "[lb_av]": plain(0.45359237, of(mass)), "lbs": plain(0.45359237, of(mass)),
	"st": plain(6.35029318, of(mass)), "[stone_av]": plain(6.35029318, of(mass)),

	"s": metric(1, of(duration)), "min": plain(60, of(duration)),
	"h": plain(3600, of(duration)), "hr": plain(3600, of(duration)),
	"d": plain(86400, of(duration)), "wk": plain(604800, of(duration)),
	"mo": plain(2629800, of(duration)), "a": plain(31557600, of(duration)), // UCUM's mean Julian month and year

	"K":   metric(1, of(temperature)),
	"Cel": scale(1, 273.15), "degC": scale(1, 273.15),
	"[degF]": scale(5.0/9, 459.67*5/9), "degF": scale(5.0/9, 459.67*5/9),

	"mol": metric(avogadro, of(amount)),

	"L": metric(1e-3, volume), "l": metric(1e-3, volume),
	"fl_oz_us": plain(2.95735295625e-5, volume), "[foz_us]": plain(2.95735295625e-5, volume),
	"fl_oz_imp": plain(2.84130625e-5, volume), "[foz_br]": plain(2.84130625e-5, volume),
	"pt_us": plain(4.73176473e-4, volume), "[pt_us]": plain(4.73176473e-4, volume),
	"pt_imp": plain(5.6826125e-4, volume), "[pt_br]": plain(5.6826125e-4, volume),
	"cup_us": plain(2.365882365e-4, volume), "[cup_us]": plain(2.365882365e-4, volume),
	"cup_imp": plain(2.84130625e-4, volume),

	"J": metric(1, energy), "cal": metric(4.184, energy), "[Cal]": plain(4184, energy), "Cal": plain(4184, energy),
	"W": metric(1, power),

	"Pa": metric(1, pressure), "bar": metric(1e5, pressure), "atm": plain(101325, pressure),
	"mmHg": plain(133.322387415, pressure), "mm[Hg]": plain(133.322387415, pressure),
	"inHg": plain(3386.388640341, pressure), "[in_i'Hg]": plain(3386.388640341, pressure),
	"cmAq": plain(98.0665, pressure), "cmH2O": plain(98.0665, pressure), "cm[H2O]": plain(98.0665, pressure),

	"Hz": metric(1, dims(0, 0, -1)),
	"S":  metric(1, conductance),
	"V":  metric(1, voltage),
	"lx": metric(1, of(luminosity)),

	"dBASPL": plain(1, of(soundPressure)), "dB[SPL]": plain(1, of(soundPressure)), "dB(SPL)": plain(1, of(soundPressure)),
	"dBHL": plain(1, of(hearing)), "dB[HL]": plain(1, of(hearing)),

	"IU": plain(1, of(international)), "[IU]": metric(1, of(international)), "[iU]": metric(1, of(international)),
	"appleEffortScore": plain(1, dimension{}),

	"rad": metric(1, of(angle)), "deg": plain(math.Pi/180, of(angle)),
	"D": plain(1, dims(-1, 0, 0)), "[diop]": plain(1, dims(-1, 0, 0)), "prism_D": plain(1, of(effort)), "[p'diop]": plain(1, of(effort)),
}

// scale makes a temperature scale: kelvin = value*factor + offset.
func scale(factor, offset float64) atom {
	return atom{unit{factor: factor, offset: offset, dimension: of(temperature)}, false}
}
