// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

// writePairs prints, for each kind and `each` times, an object as a client sends it in protobuf and the JSON that Go
// makes of what it reads back from that. The first of each kind is empty.
func writePairs(out *bufio.Writer, each int, seed int64) {
	known := everyScheme()
	serializer := protobuf.NewSerializer(known, known)
	filler := &filler{random: rand.New(rand.NewSource(seed))}
	for _, one := range everyKind(known) {
		for i := 0; i < each; i++ {
			value := reflect.New(one.goType)
			if i > 0 {
				filler.fill(value.Elem(), 0)
			}
			object := value.Interface().(runtime.Object)
			object.GetObjectKind().SetGroupVersionKind(one.GroupVersionKind)
			var sent bytes.Buffer
			exitOn(serializer.Encode(object, &sent))
			read, _, err := serializer.Decode(sent.Bytes(), &one.GroupVersionKind, nil)
			exitOn(err)
			read.GetObjectKind().SetGroupVersionKind(one.GroupVersionKind)
			text, err := json.Marshal(read)
			exitOn(err)
			fmt.Fprintf(out, "%s\t%s\n", base64.StdEncoding.EncodeToString(sent.Bytes()), text)
		}
	}
}
