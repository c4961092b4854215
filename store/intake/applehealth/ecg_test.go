package applehealth

import (
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

const ecgFile = "Name,Sam Example\r\nDate of Birth,\"Jan 2, 1980\"\r\nRecorded Date,2024-03-01 07:15:30 +0100\r\n" +
	"Classification,Sinus Rhythm\r\nSymptoms,\"Skipped Heartbeat, Fatigue\"\r\nSoftware Version,2.0\r\nDevice,\"Watch6,7\"\r\n" +
	"Sample Rate,512 hertz\r\n\r\n\r\nLead,Lead I\r\nUnit,µV\r\n\r\n-12.5\r\n13\r\n\"14,25\"\r\n"

func TestReadECG(t *testing.T) {
	ecg, err := ReadECG(strings.NewReader("\ufeff" + ecgFile))
	if err != nil {
		t.Fatal(err)
	}
	if ecg.Classification != "Sinus Rhythm" || ecg.Symptoms != "Skipped Heartbeat, Fatigue" || ecg.Device != "Watch6,7" ||
		ecg.SampleRate != 512 || ecg.Unit != "µV" || ecg.Recorded != 1709273730000 || len(ecg.Fields) != 10 {
		t.Errorf("got %+v", ecg)
	}
	if v := ecg.Voltages; len(v) != 3 || v[0] != -12.5 || v[1] != 13 || v[2] != 14.25 {
		t.Errorf("got voltages %v", v)
	}
}

func TestReadECGRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", "no voltages"},
		{"no voltages", "Name,x\nLead,I\n", "no voltages"},
		{"text among voltages", "Name,x\n1\nSam\n", "line 3: the voltage is not a number"},
		{"long line", "Name," + strings.Repeat("x", 1<<20), "longer than 4,096 bytes"},
		{"many labels", strings.Repeat("a,b\n", 100), "not an electrocardiogram"},
		{"infinite", "Name,x\n1\nInf\n", "line 3"},
	} {
		if _, err := ReadECG(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Sam") {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func FuzzReadECG(f *testing.F) {
	f.Add(ecgFile)
	f.Fuzz(func(t *testing.T, in string) {
		intaketest.Modest(t, len(in), func() {
			if ecg, err := ReadECG(strings.NewReader(in)); err == nil && len(ecg.Voltages) == 0 {
				t.Error("an electrocardiogram without voltages")
			}
		})
	})
}
