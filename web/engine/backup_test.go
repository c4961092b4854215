package engine

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/web/protocol"
)

const backupPhrase = "granite plume orchard nine"

// memSpool keeps a file in memory.
type memSpool struct{ bytes.Buffer }

func (m *memSpool) File() (protocol.File, error) {
	return memFile{bytes.NewReader(m.Bytes()), "backup"}, nil
}

// export asks for an export and returns the file.
func (w *world) export(p protocol.ExportParams) []byte {
	w.t.Helper()
	var files []protocol.File
	var result protocol.ExportResult
	_, err := w.page.Do(w.t.Context(), protocol.Exchange{Method: protocol.MethodExport, Params: p, Result: &result, Received: &files})
	if err != nil || len(files) != 1 || files[0].Size() != result.Size {
		w.t.Fatalf("export gives %d files, %+v, %v", len(files), result, err)
	}
	content, err := io.ReadAll(io.NewSectionReader(files[0], 0, files[0].Size()))
	if err != nil {
		w.t.Fatal(err)
	}
	return content
}

func (w *world) restore(file []byte, mode backup.Mode) (report backup.Report, err error) {
	_, err = w.page.Call(w.t.Context(), protocol.MethodRestore, protocol.RestoreParams{Passphrase: backupPhrase, Mode: mode},
		&report, memFile{bytes.NewReader(file), "backup"})
	return report, err
}

func (w *world) counts() map[store.TypeID]int {
	w.t.Helper()
	var counts protocol.CountsResult
	w.call(w.page, protocol.MethodCounts, nil, &counts)
	return counts.Counts
}

func (w *world) backupState() (state store.BackupState) {
	w.t.Helper()
	w.call(w.page, protocol.MethodBackupState, nil, &state)
	return state
}

// granted brings two records and lets the portal read one type.
func (w *world) granted() *protocol.Client {
	w.t.Helper()
	w.bring(file("a1c.json", hemoglobin), file("pen.json", penicillin))
	client := w.portal(portalOrigin)
	done := later(func() error {
		_, err := client.Call(w.t.Context(), protocol.MethodRequestAuthorization, store.AuthorizationRequest{Read: []store.TypeID{labs}}, nil)
		return err
	})
	w.answer(store.Answer{Read: []store.TypeID{labs}})
	w.must(<-done)
	return client
}

// TestBackup carries everything to another engine.
func TestBackup(t *testing.T) {
	w := newWorld(t)
	w.granted()
	if state := w.backupState(); state.Made != 0 || !state.Changed {
		t.Errorf("before a backup: %+v", state)
	}
	exported := w.export(protocol.ExportParams{Passphrase: backupPhrase})
	made := w.clock.now.UnixMilli()
	if state := w.backupState(); state != (store.BackupState{Made: made}) {
		t.Errorf("after a backup: %+v", state)
	}

	other := newWorld(t)
	var summary backup.Summary
	_, err := other.page.Call(t.Context(), protocol.MethodInspectBackup, protocol.InspectParams{Passphrase: backupPhrase}, &summary,
		memFile{bytes.NewReader(exported), "backup"})
	other.must(err)
	if summary.Created != made || summary.Counts.Records != 2 || !slices.Equal(summary.Apps, []string{portalOrigin}) {
		t.Errorf("the summary is %+v", summary)
	}
	phases := map[string]bool{}
	var report backup.Report
	_, err = other.page.Do(t.Context(), protocol.Exchange{
		Method: protocol.MethodRestore, Params: protocol.RestoreParams{Passphrase: backupPhrase, Mode: backup.Replace}, Result: &report,
		Files: []protocol.File{memFile{bytes.NewReader(exported), "backup"}},
		Progress: func(params json.RawMessage) {
			var p protocol.BackupProgress
			other.must(json.Unmarshal(params, &p))
			phases[p.Phase] = true
		},
	})
	other.must(err)
	if report.Added != 2 || report.Created != made || !maps.Equal(other.counts(), w.counts()) {
		t.Errorf("the restore did %+v; there is %v", report, other.counts())
	}
	if len(phases) == 0 {
		t.Error("no progress was told")
	}
	if state := other.backupState(); state != (store.BackupState{Made: made}) {
		t.Errorf("after a restore: %+v", state)
	}
	if found := other.samples(other.portal(portalOrigin), store.Query{Type: labs}); len(found) != 1 {
		t.Errorf("the portal reads %d records by the grant that was restored", len(found))
	}
}

// TestMergingOldensTheBackup: what is there after a merge is in no backup.
func TestMergingOldensTheBackup(t *testing.T) {
	w := newWorld(t)
	w.bring(file("a1c.json", hemoglobin))
	exported := w.export(protocol.ExportParams{Passphrase: backupPhrase})
	other := newWorld(t)
	other.bring(file("pen.json", penicillin))
	if _, err := other.restore(exported, backup.Merge); err != nil {
		t.Fatal(err)
	}
	if state := other.backupState(); state.Made != 0 || !state.Changed {
		t.Errorf("%+v", state)
	}
}

// TestPlainExport gives every resource to the byte, and no more.
func TestPlainExport(t *testing.T) {
	w := newWorld(t)
	w.granted()
	archive := w.export(protocol.ExportParams{Plain: true})
	files := unzip(t, archive)
	var all strings.Builder
	for name, content := range files {
		if !strings.HasPrefix(name, "fhir/") && !strings.HasPrefix(name, "resources/") {
			t.Errorf("the plain export has %s", name)
		}
		all.WriteString(content)
	}
	for _, raw := range []string{hemoglobin, penicillin} {
		if !strings.Contains(all.String(), raw) {
			t.Error("a resource is not as it came")
		}
	}
	if state := w.backupState(); state.Made != 0 {
		t.Error("a plain export passes for a backup")
	}
	again := newWorld(t)
	if report := again.bring(file("plain.zip", string(archive))); report.Added != 2 {
		t.Errorf("an import of it gives %+v", report)
	}
}

func unzip(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, member := range reader.File {
		content, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		files[member.Name] = string(text)
	}
	return files
}

// encrypted seals bytes as a backup is.
func encrypted(t *testing.T, phrase string, content []byte) []byte {
	t.Helper()
	recipient, err := age.NewScryptRecipient(phrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(2)
	var b bytes.Buffer
	to, err := age.Encrypt(&b, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repacked encrypts an archive of which one file was edited.
func repacked(t *testing.T, files map[string]string, name string, edit func(string) string) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, member := range slices.Sorted(maps.Keys(files)) {
		to, err := archive.Create(member)
		if err != nil {
			t.Fatal(err)
		}
		content := files[member]
		if member == name {
			content = edit(content)
		}
		if _, err := io.WriteString(to, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return encrypted(t, backupPhrase, b.Bytes())
}

// TestBadBackups sends what is no good backup: the answer says what is wrong, and
// nothing has changed.
func TestBadBackups(t *testing.T) {
	w := newWorld(t)
	w.granted()
	good := w.export(protocol.ExportParams{Passphrase: backupPhrase})
	identity, err := age.NewScryptIdentity(backupPhrase)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(good), identity)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, archive)
	replaced := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	other := newWorld(t)
	other.bring(file("pen.json", penicillin))
	before := other.counts()
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"another passphrase":       {encrypted(t, backupPhrase+"!", archive), "the passphrase does not open this backup"},
		"cut short":                {good[:len(good)-20], "the backup is cut short or damaged"},
		"a newer version":          {repacked(t, files, "manifest.json", replaced(`"version": 1`, `"version": 2`)), "a newer version of Keepwell wrote this backup; load that version and try again"},
		"a bad hash":               {repacked(t, files, "orders.json", replaced("{", "{ ")), "the backup is damaged: a file in it is not what its manifest says"},
		"another program's":        {encrypted(t, backupPhrase, []byte("a diary")), "this file is no backup of Keepwell"},
		"another program's zip":    {encrypted(t, backupPhrase, emptyZip(t)), "this file is no backup of Keepwell"},
		"a zip archive":            {archive, "this file is no backup of Keepwell"},
		"random bytes":             {bytes.Repeat([]byte{7, 41, 250, 3}, 1000), "this file is no backup of Keepwell"},
		"nothing":                  {nil, "the backup is cut short or damaged"},
		"an archive that explodes": {repacked(t, files, "orders.json", func(string) string { return strings.Repeat(" ", 100<<20) }), "the backup unpacks to more than a backup can hold"},
	} {
		for _, mode := range []backup.Mode{backup.Merge, backup.Replace} {
			_, err := other.restore(test.file, mode)
			if typed, ok := err.(*store.Error); !ok || typed.Text != test.want {
				t.Errorf("%s, %s: %v, want %q", name, mode, err, test.want)
			}
		}
		if after := other.counts(); !maps.Equal(after, before) {
			t.Fatalf("%s: there were %v, and are %v", name, before, after)
		}
	}
	var apps protocol.AppsResult
	other.call(other.page, protocol.MethodApps, nil, &apps)
	if len(apps.Apps) != 0 {
		t.Error("an app came with a bad backup")
	}
}

func emptyZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBackupParams(t *testing.T) {
	w := newWorld(t)
	one := file("backup", "x")
	for name, test := range map[string]struct {
		method string
		params any
		files  []protocol.File
	}{
		"an export of nothing":     {protocol.MethodExport, protocol.Empty{}, nil},
		"an export of both":        {protocol.MethodExport, protocol.ExportParams{Passphrase: "x", Plain: true}, nil},
		"a restore of nothing":     {protocol.MethodRestore, protocol.RestoreParams{Passphrase: "x", Mode: backup.Merge}, nil},
		"a restore of two":         {protocol.MethodRestore, protocol.RestoreParams{Passphrase: "x", Mode: backup.Merge}, []protocol.File{one, one}},
		"a restore of no mode":     {protocol.MethodRestore, protocol.RestoreParams{Passphrase: "x"}, []protocol.File{one}},
		"a restore without phrase": {protocol.MethodRestore, protocol.RestoreParams{Mode: backup.Merge}, []protocol.File{one}},
		"an inspection of nothing": {protocol.MethodInspectBackup, protocol.InspectParams{Passphrase: "x"}, nil},
	} {
		_, err := w.page.Call(t.Context(), test.method, test.params, nil, test.files...)
		t.Run(name, func(t *testing.T) { wantCode(t, err, store.CodeInvalidArgument) })
	}
}

// TestNoBackupForApps: a portal neither exports nor restores.
func TestNoBackupForApps(t *testing.T) {
	w := newWorld(t)
	portal := w.granted()
	for _, method := range []string{protocol.MethodExport, protocol.MethodInspectBackup, protocol.MethodRestore, protocol.MethodBackupState} {
		_, err := portal.Call(t.Context(), method, protocol.ExportParams{Plain: true}, nil)
		wantCode(t, err, store.CodeInvalidArgument)
	}
}

// TestStoppedBackups cancels an export and a restore while they wait to go on.
func TestStoppedBackups(t *testing.T) {
	w := newWorld(t)
	w.granted()
	exported := w.export(protocol.ExportParams{Passphrase: backupPhrase})
	for method, params := range map[string]any{
		protocol.MethodExport:  protocol.ExportParams{Passphrase: backupPhrase},
		protocol.MethodRestore: protocol.RestoreParams{Passphrase: backupPhrase, Mode: backup.Replace},
	} {
		other := newWorld(t)
		stopped := make(chan struct{})
		other.engine.options.Yield = func() { <-stopped }
		var stop sync.Once
		_, err := other.page.Do(t.Context(), protocol.Exchange{
			Method: method, Params: params, Files: []protocol.File{memFile{bytes.NewReader(exported), ""}},
			Progress: func(params json.RawMessage) {
				var p protocol.BackupProgress
				other.must(json.Unmarshal(params, &p))
				stop.Do(func() {
					other.call(other.page, protocol.MethodCancel, protocol.CancelParams{Request: p.Request}, nil)
					close(stopped)
				})
			},
		})
		wantCode(t, err, store.CodeUserCanceled)
		if len(other.counts()) != 0 || other.backupState().Made != 0 {
			t.Errorf("%s was stopped and left %v, %+v", method, other.counts(), other.backupState())
		}
	}
}
