// SPDX-License-Identifier: Apache-2.0
package main

import (
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsbeta "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregatorbeta "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1beta1"
)

// kind is one kind that a client may send.
type kind struct {
	schema.GroupVersionKind
	goType reflect.Type
}

type protobufMarshaler interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

func everyScheme() *runtime.Scheme {
	utilruntime.Must(apiextensions.AddToScheme(scheme.Scheme))
	utilruntime.Must(apiextensionsbeta.AddToScheme(scheme.Scheme))
	utilruntime.Must(aggregator.AddToScheme(scheme.Scheme))
	utilruntime.Must(aggregatorbeta.AddToScheme(scheme.Scheme))
	return scheme.Scheme
}

// sentByNobody says whether a kind is an answer's, or stands in a query.
func sentByNobody(name string) bool {
	switch name {
	case "CreateOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent":
		return true
	}
	return strings.HasSuffix(name, "List") && name != "List"
}

// everyKind lists the external kinds that have a protobuf form and that a client may send, in the order of their names.
func everyKind(known *runtime.Scheme) []kind {
	var kinds []kind
	for gvk, goType := range known.AllKnownTypes() {
		_, hasProtobuf := reflect.New(goType).Interface().(protobufMarshaler)
		if gvk.Version != runtime.APIVersionInternal && hasProtobuf && !sentByNobody(gvk.Kind) {
			kinds = append(kinds, kind{gvk, goType})
		}
	}
	sort.Slice(kinds, func(i, j int) bool { return nameOf(kinds[i]) < nameOf(kinds[j]) })
	return kinds
}

func nameOf(one kind) string {
	return one.GroupVersion().String() + " " + one.Kind
}
