// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"time"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsbeta "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const maxDepth = 9

var texts = []string{"", "a", "demo", "ünï <&> \u2028", "line\nbreak\ttab \"quoted\" \\", "🙂", "\u0000\u0001\u007f"}
var quantities = []string{"0", "1", "100m", "1Gi", "1500Mi", "1e3", "-5", "0.5", "123456789012345678", "1u"}
var documents = []string{`{"a":1}`, `{"f:metadata":{"f:labels":{".":{}}}}`, `[]`, `null`, `"text"`, `12345678901234567890`, `{"x":[1.50,true,{"y":null}]}`}

// filler sets every field of a value to something, or leaves it out: about half of what may be absent is.
type filler struct{ random *rand.Rand }

func (f *filler) maybe() bool { return f.random.Intn(2) == 0 }

func (f *filler) text() string {
	if f.maybe() {
		return fmt.Sprintf("text-%d", f.random.Intn(1000))
	}
	return texts[f.random.Intn(len(texts))]
}

func (f *filler) document() []byte { return []byte(documents[f.random.Intn(len(documents))]) }

func (f *filler) time() time.Time {
	switch f.random.Intn(5) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(-f.random.Int63n(60_000_000_000), 0)
	}
	return time.Unix(f.random.Int63n(200_000_000_000), f.random.Int63n(1_000_000_000))
}

func (f *filler) special(value reflect.Value) bool {
	switch target := value.Addr().Interface().(type) {
	case *meta.Time:
		target.Time = f.time()
	case *meta.MicroTime:
		target.Time = f.time()
	case *meta.Duration:
		target.Duration = time.Duration(f.random.Int63()>>uint(f.random.Intn(63))) * time.Duration(1-2*f.random.Intn(2))
	case *meta.FieldsV1:
		target.Raw = f.document()
	case *resource.Quantity:
		*target = resource.MustParse(quantities[f.random.Intn(len(quantities))])
	case *intstr.IntOrString:
		*target = intstr.FromInt32(int32(f.random.Uint32()))
		if f.maybe() {
			*target = intstr.FromString(f.text())
		}
	case *runtime.RawExtension:
		if f.maybe() {
			target.Raw = f.document()
		}
	case *apiextensions.JSON:
		target.Raw = f.document()
	case *apiextensionsbeta.JSON:
		target.Raw = f.document()
	case *meta.TypeMeta:
	default:
		return false
	}
	return true
}

func (f *filler) fill(value reflect.Value, depth int) {
	if f.special(value) {
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		if depth < maxDepth && f.maybe() {
			value.Set(reflect.New(value.Type().Elem()))
			f.fill(value.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			if value.Type().Field(i).IsExported() {
				f.fill(value.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		f.fillSlice(value, depth)
	case reflect.Map:
		f.fillMap(value, depth)
	default:
		f.fillScalar(value)
	}
}

func (f *filler) fillSlice(value reflect.Value, depth int) {
	if depth >= maxDepth || f.maybe() {
		return
	}
	count := f.random.Intn(3)
	value.Set(reflect.MakeSlice(value.Type(), count, count))
	for i := 0; i < count; i++ {
		f.fill(value.Index(i), depth+1)
	}
}

func (f *filler) fillMap(value reflect.Value, depth int) {
	if depth >= maxDepth || f.maybe() {
		return
	}
	value.Set(reflect.MakeMap(value.Type()))
	for i := f.random.Intn(4); i > 0; i-- {
		member := reflect.New(value.Type().Elem()).Elem()
		f.fill(member, depth+1)
		value.SetMapIndex(reflect.ValueOf(f.text()).Convert(value.Type().Key()), member)
	}
}

func (f *filler) fillScalar(value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(f.text())
	case reflect.Bool:
		value.SetBool(f.maybe())
	case reflect.Int32:
		value.SetInt(int64(int32(f.random.Uint32()) >> uint(f.random.Intn(32))))
	case reflect.Int64:
		value.SetInt(int64(f.random.Uint64()) >> uint(f.random.Intn(64)))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		value.SetUint(uint64(f.random.Intn(256)))
	case reflect.Float64:
		value.SetFloat((f.random.Float64() - 0.5) * math.Pow10(f.random.Intn(60)-30))
	default:
		panic("nothing to fill it with: " + value.Type().String())
	}
}
