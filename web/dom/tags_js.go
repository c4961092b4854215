//go:build js && wasm

package dom

// The elements that the pages are made of, by their HTML names.

func Main(parts ...Part) *Element       { return New("main", parts...) }
func Header(parts ...Part) *Element     { return New("header", parts...) }
func Footer(parts ...Part) *Element     { return New("footer", parts...) }
func Nav(parts ...Part) *Element        { return New("nav", parts...) }
func Section(parts ...Part) *Element    { return New("section", parts...) }
func Article(parts ...Part) *Element    { return New("article", parts...) }
func Div(parts ...Part) *Element        { return New("div", parts...) }
func H1(parts ...Part) *Element         { return New("h1", parts...) }
func H2(parts ...Part) *Element         { return New("h2", parts...) }
func H3(parts ...Part) *Element         { return New("h3", parts...) }
func P(parts ...Part) *Element          { return New("p", parts...) }
func Span(parts ...Part) *Element       { return New("span", parts...) }
func Strong(parts ...Part) *Element     { return New("strong", parts...) }
func Pre(parts ...Part) *Element        { return New("pre", parts...) }
func Blockquote(parts ...Part) *Element { return New("blockquote", parts...) }
func UL(parts ...Part) *Element         { return New("ul", parts...) }
func OL(parts ...Part) *Element         { return New("ol", parts...) }
func LI(parts ...Part) *Element         { return New("li", parts...) }
func DL(parts ...Part) *Element         { return New("dl", parts...) }
func DT(parts ...Part) *Element         { return New("dt", parts...) }
func DD(parts ...Part) *Element         { return New("dd", parts...) }
func Table(parts ...Part) *Element      { return New("table", parts...) }
func Caption(parts ...Part) *Element    { return New("caption", parts...) }
func THead(parts ...Part) *Element      { return New("thead", parts...) }
func TBody(parts ...Part) *Element      { return New("tbody", parts...) }
func TR(parts ...Part) *Element         { return New("tr", parts...) }
func TH(parts ...Part) *Element         { return New("th", parts...) }
func TD(parts ...Part) *Element         { return New("td", parts...) }
func A(parts ...Part) *Element          { return New("a", parts...) }
func Label(parts ...Part) *Element      { return New("label", parts...) }
func Fieldset(parts ...Part) *Element   { return New("fieldset", parts...) }
func Legend(parts ...Part) *Element     { return New("legend", parts...) }
func Details(parts ...Part) *Element    { return New("details", parts...) }
func SummaryOf(parts ...Part) *Element  { return New("summary", parts...) }

// SubmitButton makes the button that submits its form.
func SubmitButton(parts ...Part) *Element {
	return New("button", Attribute("type", "submit"), Parts(parts...))
}

// Button makes a button that submits nothing.
func Button(parts ...Part) *Element {
	return New("button", Attribute("type", "button"), Parts(parts...))
}
