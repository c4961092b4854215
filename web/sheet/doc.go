// Package sheet is the consent sheet: a pure model of what is asked and what
// the person chose (Model), and its page (View, js only).
//
// It follows HealthKit's: clinical records have a page of their own before
// fitness data, nothing is chosen beforehand, clinical records have no switch
// for all of them, and closing it grants nothing. Refusing takes as much effort
// as allowing (GDPR article 7(3); EDPB guidelines 05/2020, 03/2022).
package sheet
