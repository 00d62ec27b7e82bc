// SPDX-License-Identifier: Apache-2.0

// The words of Kubernetes' own Go types about protobuf and JSON.
//
//	protobuf-oracle table         the fields of every built-in type that has a protobuf form
//	protobuf-oracle pairs N SEED  N filled objects of each type: protobuf in base64, a tab, the JSON that Go makes of it
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	switch {
	case len(os.Args) == 2 && os.Args[1] == "table":
		writeTable(out)
	case len(os.Args) == 4 && os.Args[1] == "pairs":
		each, err := strconv.Atoi(os.Args[2])
		exitOn(err)
		seed, err := strconv.ParseInt(os.Args[3], 10, 64)
		exitOn(err)
		writePairs(out, each, seed)
	default:
		fmt.Fprintln(os.Stderr, "usage: protobuf-oracle table | pairs N SEED")
		os.Exit(3)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
