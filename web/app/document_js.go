//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// documents shows what a record carries with it: text and pictures here, the
// rest as downloads. It returns nil when there is nothing.
func documents(attachments []protocol.Attachment, raw []byte) *dom.Element {
	section := dom.Section(dom.H2(dom.Text("Documents")))
	found := false
	for _, attachment := range attachments {
		if attachment.DataLength == 0 {
			continue // it is kept elsewhere; the fields say where
		}
		encoded, ok := dom.JSONText(raw, attachment.Pointer+"/data")
		if !ok {
			continue
		}
		if d, ok := documentOf(attachment, encoded); ok {
			section.Add(documentCard(d))
			found = true
		}
	}
	if !found {
		return nil
	}
	return section
}

func documentCard(d document) *dom.Element {
	card := dom.Div(dom.Class("card document"), dom.H3(dom.Text(d.Title)))
	switch {
	case d.IsPicture:
		card.Add(dom.Picture(d.Type, d.Data, d.Title))
	case d.Text != "":
		card.Add(dom.Div(dom.Class("document-text"), dom.Text(d.Text)))
	}
	if d.Cut {
		card.Add(dom.P(dom.Class("note"), dom.Text("Only the beginning is shown. Download it to see all.")))
	}
	card.Add(dom.Div(dom.Class("actions"), dom.Button(dom.Class("button small"),
		dom.Text("Download ("+Size(int64(len(d.Data)))+")"), dom.Name("Download "+d.Title),
		dom.OnClick(func() { dom.Download(d.FileName(), d.Type, d.Data) }))))
	return card
}
