// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsbeta "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Types whose JSON is not that of their fields, with the names that the decoder has for them.
var special = map[reflect.Type]string{
	reflect.TypeOf(meta.Time{}):                                  "!Time",
	reflect.TypeOf(meta.MicroTime{}):                             "!MicroTime",
	reflect.TypeOf(meta.Duration{}):                              "!Duration",
	reflect.TypeOf(meta.FieldsV1{}):                              "!Raw",
	reflect.TypeOf(resource.Quantity{}):                          "!Quantity",
	reflect.TypeOf(intstr.IntOrString{}):                         "!IntOrString",
	reflect.TypeOf(runtime.RawExtension{}):                       "!RawExtension",
	reflect.TypeOf(apiextensions.JSON{}):                         "!Raw",
	reflect.TypeOf(apiextensionsbeta.JSON{}):                     "!Raw",
	reflect.TypeOf(apiextensions.JSONSchemaPropsOrBool{}):        "!OrBool",
	reflect.TypeOf(apiextensionsbeta.JSONSchemaPropsOrBool{}):    "!OrBool",
	reflect.TypeOf(apiextensions.JSONSchemaPropsOrArray{}):       "!OrArray",
	reflect.TypeOf(apiextensionsbeta.JSONSchemaPropsOrArray{}):   "!OrArray",
	reflect.TypeOf(apiextensions.JSONSchemaPropsOrStringArray{}): "!OrStringArray",
	reflect.TypeOf(apiextensionsbeta.JSONSchemaPropsOrStringArray{}): "!OrStringArray",
}

// writeTable prints one line for each kind, `GROUP/VERSION KIND MESSAGE`, and one for each message, its fields in the
// order in which Go writes them: `MESSAGE FIELD FIELD …`, a field being `JSON-NAME:NUMBER:TYPE:FLAGS`.
// TYPE is a scalar, a message, `*` before what may be absent, `[]` before what repeats, `{}` before the values of a map.
// FLAGS are `e` omitempty, `z` omitzero, `i` inline; a number of 0 has no protobuf form.
func writeTable(out *bufio.Writer) {
	table := &table{lines: map[string]string{}}
	for _, one := range everyKind(everyScheme()) {
		fmt.Fprintf(out, "%s %s\n", nameOf(one), table.message(one.goType))
	}
	names := make([]string, 0, len(table.lines))
	for name := range table.lines {
		names = append(names, name)
	}
	sort.Strings(names)
	out.WriteString("\n")
	for _, name := range names {
		out.WriteString(table.lines[name] + "\n")
	}
}

type table struct{ lines map[string]string }

func (t *table) message(goType reflect.Type) string {
	name := messageName(goType)
	if _, done := t.lines[name]; done {
		return name
	}
	t.lines[name] = ""
	parts := []string{name}
	for i := 0; i < goType.NumField(); i++ {
		if text := t.field(goType.Field(i)); text != "" {
			parts = append(parts, text)
		}
	}
	t.lines[name] = strings.Join(parts, " ")
	return name
}

func messageName(goType reflect.Type) string {
	path := strings.TrimPrefix(goType.PkgPath(), "k8s.io/")
	path = strings.NewReplacer("apimachinery/pkg/apis/", "", "apiextensions-apiserver/pkg/apis/", "", "kube-aggregator/pkg/apis/", "", "api/", "").Replace(path)
	return path + "." + goType.Name()
}

func (t *table) field(field reflect.StructField) string {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "-" || !field.IsExported() {
		return ""
	}
	flags := ""
	for letter, option := range map[string]string{"e": "omitempty", "z": "omitzero"} {
		if strings.Contains(","+options+",", ","+option+",") {
			flags += letter
		}
	}
	if len(flags) == 2 {
		flags = "ez"
	}
	number := 0
	if parts := strings.Split(field.Tag.Get("protobuf"), ","); len(parts) > 1 {
		number, _ = strconv.Atoi(parts[1])
	}
	inline := field.Anonymous && name == ""
	if inline {
		flags += "i"
	}
	if number == 0 && inline && field.Type == reflect.TypeOf(meta.TypeMeta{}) {
		return ""
	}
	if name == "" && !inline {
		name = field.Name
	}
	return fmt.Sprintf("%s:%d:%s:%s", name, number, t.typeOf(field.Type), flags)
}

func (t *table) typeOf(goType reflect.Type) string {
	if name, ok := special[goType]; ok {
		if schema, ok := goType.FieldByName("Schema"); ok {
			return name + "=" + t.message(schema.Type.Elem())
		}
		return name
	}
	switch goType.Kind() {
	case reflect.Pointer:
		return "*" + t.typeOf(goType.Elem())
	case reflect.Map:
		return "{}" + t.typeOf(goType.Elem())
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		// A slice that marshals itself is a message with the items as field 1.
		if _, ok := reflect.New(goType).Interface().(protobufMarshaler); ok {
			return "!Items"
		}
		return "[]" + t.typeOf(goType.Elem())
	case reflect.Struct:
		return t.message(goType)
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64, reflect.Float64:
		return goType.Kind().String()
	}
	panic("no protobuf form: " + goType.String())
}
