package sample

import (
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// The two devices that count steps. They overlap for most of the day: a sum
// over both must take each step once.
var (
	phone = store.Source{ID: "import:Sample Phone", Name: "Sample Phone", Device: "Phone"}
	watch = store.Source{ID: "import:Sample Watch", Name: "Sample Watch", Device: "Watch"}
)

const (
	steps    store.TypeID = "stepCount"
	distance store.TypeID = "distanceWalkingRunning"
)

// fitnessYears is how far back the devices' samples go.
const fitnessYears = 2

// Fitness yields the samples of both devices over the two years up to now, in
// the order of their days.
func Fitness(now time.Time) iter.Seq[store.Sample] {
	return func(yield func(store.Sample) bool) {
		// From the first of a month on, so that today's and tomorrow's samples
		// agree on nearly all days.
		first := time.Date(now.Year()-fitnessYears, now.Month(), 1, 0, 0, 0, 0, time.UTC)
		for date := first; !date.After(now); date = date.AddDate(0, 0, 1) {
			for _, sample := range dayOf(date).walk(now) {
				if !yield(sample) {
					return
				}
			}
		}
	}
}

// Steps in each hour of a day in which one works, and of one in which one doesn't.
var (
	workday = [24]float64{7: 620, 8: 1450, 9: 240, 10: 210, 11: 260, 12: 980, 13: 330, 14: 200, 15: 240, 16: 280, 17: 1380, 18: 760, 19: 420, 20: 310, 21: 140}
	freeDay = [24]float64{8: 260, 9: 480, 10: 1350, 11: 1900, 12: 620, 13: 430, 14: 520, 15: 1100, 16: 830, 17: 360, 18: 420, 19: 380, 20: 220, 21: 110}
)

// walk returns the samples of one day that ended by now.
func (d day) walk(now time.Time) []store.Sample {
	luck := chance(maya.seed, "walk"+d.key())
	pattern := workday
	if weekday := d.time().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		pattern = freeDay
	}
	// More in summer than in winter, and some days with hardly any.
	form := 1 + 0.18*math.Sin(2*math.Pi*(yearOf(d.time())-0.3)) + 0.12*luck.NormFloat64()
	if luck.Float64() < 0.03 {
		form = 0.15
	}
	watchFrom, phoneFrom := 0, 0
	if luck.Float64() < 0.07 {
		watchFrom = 12 // put on after the morning
	}
	if luck.Float64() < 0.05 {
		phoneFrom = 24 // left at home
	}
	var samples []store.Sample
	for hour, usual := range pattern {
		count := math.Round(usual * max(form, 0.05) * (0.75 + 0.5*luck.Float64()))
		start := d.at(hour, luck.IntN(9)).Add(time.Duration(luck.IntN(60)) * time.Second)
		carried := luck.Float64() < 0.8
		if count < 20 {
			continue
		}
		if hour >= watchFrom {
			samples = append(samples, bout(watch, start, luck.IntN(20)+35, count, luck)...)
		}
		if hour >= phoneFrom && carried {
			late := start.Add(time.Duration(luck.IntN(240)) * time.Second)
			samples = append(samples, bout(phone, late, luck.IntN(15)+38, math.Round(count*(0.88+0.12*luck.Float64())), luck)...)
		}
	}
	return ended(samples, now)
}

// bout returns the steps of a stretch of walking, and the way that they went.
func bout(device store.Source, start time.Time, minutes int, count float64, luck *rand.Rand) []store.Sample {
	const stride = 0.00071 // km
	kilometers := math.Round(count*stride*(0.96+0.08*luck.Float64())*1000) / 1000
	end := start.Add(time.Duration(minutes) * time.Minute)
	return []store.Sample{
		measuredBy(device, steps, start, end, count, "count"),
		measuredBy(device, distance, start, end, kilometers, "km"),
	}
}

func measuredBy(device store.Source, id store.TypeID, start, end time.Time, value float64, unit string) store.Sample {
	return store.Sample{
		Type: id, Source: device, Value: &value, Unit: unit,
		StartDate: start.UnixMilli(), EndDate: end.UnixMilli(),
	}
}

func ended(samples []store.Sample, now time.Time) []store.Sample {
	var list []store.Sample
	for _, s := range samples {
		if s.EndDate <= now.UnixMilli() {
			list = append(list, s)
		}
	}
	return list
}
