// SPDX-License-Identifier: Apache-2.0

// Command tlog-oracle checks a tiled log with Go's own implementation (golang.org/x/mod/sumdb).
//
// Usage: tlog-oracle VKEY DIR...
//
// Each DIR holds `checkpoint`, `tile/...` (C2SP paths) and `proofs.json`, proofs as another implementation made them.
// Everything is verified; then the same proofs, made here, are printed: one JSON object a line for each DIR.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// proofs is the form of proofs.json and of what is printed; hashes are in hex.
type proofs struct {
	// Inclusion has the path of each leaf index.
	Inclusion map[string][]string `json:"inclusion"`
	// Consistency has the proof from each older size.
	Consistency map[string][]string `json:"consistency"`
}

// tree is a log on disk with the head that its checkpoint promises.
type tree struct {
	dir  string
	size int64
	root tlog.Hash
}

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: tlog-oracle VKEY DIR..."))
	}
	for _, dir := range os.Args[2:] {
		made, err := check(os.Args[1], dir)
		if err != nil {
			fail(fmt.Errorf("%s: %w", dir, err))
		}
		if err := json.NewEncoder(os.Stdout).Encode(made); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func check(vkey, dir string) (*proofs, error) {
	t, err := openCheckpoint(vkey, dir)
	if err != nil {
		return nil, err
	}
	leaves, err := t.leafHashes()
	if err != nil {
		return nil, err
	}
	var stored []tlog.Hash
	inMemory := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for i, leaf := range leaves {
		added, err := tlog.StoredHashesForRecordHash(int64(i), leaf, inMemory)
		if err != nil {
			return nil, err
		}
		stored = append(stored, added...)
	}
	root, err := tlog.TreeHash(t.size, inMemory)
	if err != nil {
		return nil, err
	}
	if root != t.root {
		return nil, fmt.Errorf("entries give root %v, the checkpoint has %v", root, t.root)
	}
	if err := t.checkTiles(inMemory); err != nil {
		return nil, err
	}
	return t.checkProofs(leaves, inMemory)
}

func openCheckpoint(vkey, dir string) (*tree, error) {
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return nil, fmt.Errorf("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return nil, fmt.Errorf("not a root: %q", lines[2])
	}
	return &tree{dir: dir, size: size, root: tlog.Hash(root)}, nil
}

// leafHashes reads every entry bundle.
func (t *tree) leafHashes() ([]tlog.Hash, error) {
	var leaves []tlog.Hash
	for start := int64(0); start < t.size; start += tileWidth {
		width := int(min(tileWidth, t.size-start))
		bundle := tlog.Tile{H: tileHeight, L: -1, N: start / tileWidth, W: width}
		data, err := os.ReadFile(filepath.Join(t.dir, c2spPath(bundle)))
		if err != nil {
			return nil, err
		}
		for range width {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("bundle %d ends inside an entry", bundle.N)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, tlog.RecordHash(data[2:end]))
			data = data[end:]
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("%d bytes after the entries of bundle %d", len(data), bundle.N)
		}
	}
	return leaves, nil
}

// checkTiles compares every hash tile of the tree with the one that Go makes.
func (t *tree) checkTiles(reader tlog.HashReader) error {
	for _, tile := range tlog.NewTiles(tileHeight, 0, t.size) {
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(t.dir, c2spPath(tile)))
		if err != nil {
			return err
		}
		if string(got) != string(want) {
			return fmt.Errorf("%s differs", c2spPath(tile))
		}
	}
	return nil
}

func (t *tree) checkProofs(leaves []tlog.Hash, reader tlog.HashReader) (*proofs, error) {
	var given proofs
	data, err := os.ReadFile(filepath.Join(t.dir, "proofs.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &given); err != nil {
		return nil, err
	}
	made := &proofs{Inclusion: map[string][]string{}, Consistency: map[string][]string{}}
	for key, path := range given.Inclusion {
		index, hashes, err := decodeProof(key, path)
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckRecord(hashes, t.size, t.root, index, leaves[index]); err != nil {
			return nil, fmt.Errorf("inclusion of %d: %w", index, err)
		}
		proof, err := tlog.ProveRecord(t.size, index, reader)
		if err != nil {
			return nil, err
		}
		made.Inclusion[key] = encodeHashes(proof)
	}
	for key, path := range given.Consistency {
		older, hashes, err := decodeProof(key, path)
		if err != nil {
			return nil, err
		}
		root, err := tlog.TreeHash(older, reader)
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckTree(hashes, t.size, t.root, older, root); err != nil {
			return nil, fmt.Errorf("consistency from %d: %w", older, err)
		}
		proof, err := tlog.ProveTree(t.size, older, reader)
		if err != nil {
			return nil, err
		}
		made.Consistency[key] = encodeHashes(proof)
	}
	return made, nil
}

// c2spPath is Go's path without the height, and with `entries` for Go's `data`.
func c2spPath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if rest, ok := strings.CutPrefix(path, "data/"); ok {
		path = "entries/" + rest
	}
	return "tile/" + path
}

func decodeProof(key string, path []string) (int64, []tlog.Hash, error) {
	number, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return 0, nil, err
	}
	hashes := make([]tlog.Hash, len(path))
	for i, text := range path {
		bytes, err := hex.DecodeString(text)
		if err != nil || len(bytes) != tlog.HashSize {
			return 0, nil, fmt.Errorf("not a hash: %q", text)
		}
		hashes[i] = tlog.Hash(bytes)
	}
	return number, hashes, nil
}

func encodeHashes(hashes []tlog.Hash) []string {
	texts := make([]string, len(hashes))
	for i, hash := range hashes {
		texts[i] = hex.EncodeToString(hash[:])
	}
	return texts
}
