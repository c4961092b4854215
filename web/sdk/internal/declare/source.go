package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// source is what was read of Go: type declarations and typed string constants,
// by the type's name.
type source struct {
	structs   map[string]*ast.StructType
	docs      map[string]string
	constants map[string][]constant
}

type constant struct{ value, comment string }

func newSource() *source {
	return &source{
		structs:   map[string]*ast.StructType{},
		docs:      map[string]string{},
		constants: map[string][]constant{},
	}
}

// read takes in the declarations of a package that have not been met before.
func (s *source) read(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.go")) // sorted
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				s.declaration(general)
			}
		}
	}
	return nil
}

func (s *source) declaration(declaration *ast.GenDecl) {
	for _, spec := range declaration.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.typeSpec(spec, declaration.Doc)
		case *ast.ValueSpec:
			if declaration.Tok == token.CONST {
				s.constSpec(spec)
			}
		}
	}
}

func (s *source) typeSpec(spec *ast.TypeSpec, doc *ast.CommentGroup) {
	name := spec.Name.Name
	if _, met := s.docs[name]; met {
		return
	}
	s.docs[name] = doc.Text()
	if structure, ok := spec.Type.(*ast.StructType); ok {
		s.structs[name] = structure
	}
}

func (s *source) constSpec(spec *ast.ValueSpec) {
	typeName, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	value, err := strconv.Unquote(literal.Value)
	if err != nil || value == "" {
		return
	}
	comment := spec.Comment.Text()
	if comment == "" {
		comment = spec.Doc.Text()
	}
	s.constants[typeName.Name] = append(s.constants[typeName.Name], constant{value, oneLine(comment)})
}

// unionOf declares the constants of a Go string type.
func (s *source) unionOf(name, as string) (string, error) {
	constants := s.constants[name]
	if len(constants) == 0 {
		return "", fmt.Errorf("no constants of type %s", name)
	}
	var out strings.Builder
	out.WriteString(jsDoc("", s.doc(name, as)))
	fmt.Fprintf(&out, "export type %s =", as)
	for _, c := range constants {
		out.WriteString("\n")
		if c.comment != "" {
			out.WriteString(jsDoc("  ", c.comment))
		}
		fmt.Fprintf(&out, "  | %q", c.value)
	}
	return out.String() + ";", nil
}

// interfaceOf declares a Go struct, which extends those that it embeds. overrides
// are pairs of a field's JSON name and the TypeScript type to give it in place of
// the Go one.
func (s *source) interfaceOf(name, as string, overrides ...string) (string, error) {
	structure := s.structs[name]
	if structure == nil {
		return "", fmt.Errorf("no struct is called %s", name)
	}
	var out strings.Builder
	out.WriteString(jsDoc("", s.doc(name, as)))
	extends, fields, err := embedded(structure)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(&out, "export interface %s%s {\n", as, extends)
	for _, field := range fields {
		line, err := field2TS(field, overrides)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		out.WriteString(line)
	}
	return out.String() + "}", nil
}

// embedded parts the fields of a struct from the types that it embeds, whose
// fields JSON writes beside them.
func embedded(structure *ast.StructType) (extends string, fields []*ast.Field, err error) {
	for _, field := range structure.Fields.List {
		if len(field.Names) > 0 || field.Tag != nil {
			fields = append(fields, field)
			continue
		}
		as, err := tsType(field.Type)
		if err != nil {
			return "", nil, err
		}
		if extends == "" {
			extends = " extends " + as
		} else {
			extends += ", " + as
		}
	}
	return extends, fields, nil
}

func field2TS(field *ast.Field, overrides []string) (string, error) {
	name, optional := jsonName(field)
	if name == "" {
		return "", fmt.Errorf("a field has no JSON name")
	}
	as, err := tsType(field.Type)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	for i := 0; i < len(overrides); i += 2 {
		if overrides[i] == name {
			as = overrides[i+1]
		}
	}
	mark := ""
	if optional {
		mark = "?"
	}
	comment := field.Doc.Text()
	if comment == "" {
		comment = field.Comment.Text()
	}
	return jsDoc("  ", comment) + fmt.Sprintf("  %s%s: %s;\n", name, mark, as), nil
}

func jsonName(field *ast.Field) (name string, optional bool) {
	if field.Tag == nil {
		return "", false
	}
	tag, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return "", false
	}
	name, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	return name, strings.Contains(options, "omitempty")
}

// renamed maps Go names to those that portals know them by.
var renamed = map[string]string{
	"TypeID":       "TypeIdentifier",
	"FutureChoice": "string",
}

var basic = map[string]string{
	"string": "string", "bool": "boolean",
	"int": "number", "int64": "number", "float64": "number",
}

func tsType(expression ast.Expr) (string, error) {
	switch e := expression.(type) {
	case *ast.Ident:
		if as, ok := basic[e.Name]; ok {
			return as, nil
		}
		if as, ok := renamed[e.Name]; ok {
			return as, nil
		}
		return e.Name, nil
	case *ast.SelectorExpr: // store.Sample, fhir.Release
		return tsType(e.Sel)
	case *ast.StarExpr:
		return tsType(e.X)
	case *ast.ArrayType:
		element, err := tsType(e.Elt)
		return element + "[]", err
	case *ast.MapType:
		key, err := tsType(e.Key)
		if err != nil {
			return "", err
		}
		value, err := tsType(e.Value)
		return fmt.Sprintf("Record<%s, %s>", key, value), err
	}
	return "", fmt.Errorf("no TypeScript type for %T", expression)
}

// doc is a type's comment, under the name that TypeScript knows it by.
func (s *source) doc(name, as string) string {
	text := s.docs[name]
	if rest, ok := strings.CutPrefix(text, name+" "); ok {
		return as + " " + rest
	}
	return text
}

func jsDoc(indent, text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "*/", "* /"))
	if text == "" {
		return ""
	}
	if !strings.Contains(text, "\n") {
		return fmt.Sprintf("%s/** %s */\n", indent, text)
	}
	lines := indent + " * " + strings.ReplaceAll(text, "\n", "\n"+indent+" * ")
	return indent + "/**\n" + strings.ReplaceAll(lines, " * \n", " *\n") + "\n" + indent + " */\n"
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
