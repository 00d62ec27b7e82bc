// SPDX-License-Identifier: Apache-2.0
// The probes of the test data of github.com/transparency-dev/merkle: proofs in the classic tree of eight leaves, and each
// alteration that is tried there, made anew for every proof.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { proveConsistency, verifyConsistency } from './consistency.ts';
import type { Hash } from './crypto.ts';
import { proveInclusion, verifyInclusion } from './inclusion.ts';
import { leafHash } from './leaf.ts';
import { merkleRoot } from './merkle.ts';
import type { SubtreeReader } from './subtree.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const leaves = ENTRIES.map((hex) => leafHash(hash, Buffer.from(hex, 'hex')));
const rootOf = (size: number) => merkleRoot(hash, leaves.slice(0, size));
const reader: SubtreeReader = {
  subtree: (level, index) => {
    const width = 2 ** level;
    return merkleRoot(hash, leaves.slice(Number(index) * width, (Number(index) + 1) * width));
  },
};

const GARBAGE = new Uint8Array(0);
const flipped = (path: readonly Uint8Array[], at: number, bit: number) =>
  path.map((node, i) => (i === at ? node.map((byte, j) => (j === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)) : node));

type Path = readonly Uint8Array[];

/** Paths that are not the path, by the names of the suite; `roots` are hashes that stand near by. */
function alteredPaths(path: Path, bit: number, roots: readonly Uint8Array[]): [name: string, path: Path][] {
  return [
    ['trailing garbage', [...path, GARBAGE]],
    ['preceding garbage', [GARBAGE, ...path]],
    ...roots.flatMap((root, i): [string, Path][] => [
      [`trailing root${i + 1}`, [...path, root]],
      [`preceding root${i + 1}`, [root, ...path]],
    ]),
    ...path.flatMap((node, i): [string, Path][] => [
      [`modified proof[${i}] bit ${bit}`, flipped(path, i, bit)],
      [`proof[${i}] twice`, path.toSpliced(i, 0, node)],
      [`removed proof[${i}]`, path.toSpliced(i, 1)],
      [`inserted component at ${i}`, path.toSpliced(i, 0, rootOf(1))],
    ]),
    ...(path.length === 0 ? [] : ([['empty proof', []]] as [string, Path][])),
  ];
}

interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly path: Path;
}

function assertIncluded({ leaf, index, size, root, path }: Inclusion): void {
  verifyInclusion(hash, leaf, index, { size, root }, path);
}

for (const [leaf, size] of [
  [1, 8],
  [6, 8],
  [3, 3],
  [2, 5],
  [1, 1],
] as const) {
  test(`inclusion of leaf ${leaf} of ${size}: the proof, and no probe`, () => {
    const [index, root] = [BigInt(leaf - 1), rootOf(size)];
    const path = proveInclusion(hash, reader, index, BigInt(size));
    const good: Inclusion = { leaf: leaves[leaf - 1] as Uint8Array, index, size: BigInt(size), root, path };
    assertIncluded(good);
    const probes: [string, Inclusion][] = [
      ['leafIndex - 1', { ...good, index: index - 1n }],
      ['leafIndex + 1', { ...good, index: index + 1n }],
      ['leafIndex ^ 2', { ...good, index: index ^ 2n }],
      ['treeSize * 2', { ...good, size: good.size * 2n }],
      ['treeSize / 2', { ...good, size: good.size / 2n }],
      ['wrong leaf', { ...good, leaf: leafHash(hash, Buffer.from('WrongLeaf')) }],
      ['empty root', { ...good, root: GARBAGE }],
      ['random root', { ...good, root: createHash('sha256').update('random').digest() }],
      ...alteredPaths(path, 3, [root]).map(([name, altered]): [string, Inclusion] => [
        name,
        { ...good, path: altered },
      ]),
    ];
    for (const [name, probe] of probes) assert.throws(() => assertIncluded(probe), { name: 'TlogError' }, name);
  });
}

interface Consistency {
  readonly sizes: readonly [older: bigint, newer: bigint];
  readonly roots: readonly [older: Uint8Array, newer: Uint8Array];
  readonly path: Path;
}

function assertConsistent({ sizes, roots, path }: Consistency): void {
  verifyConsistency(hash, { size: sizes[0], root: roots[0] }, { size: sizes[1], root: roots[1] }, path);
}

for (const [from, to] of [
  [1, 1],
  [1, 8],
  [6, 8],
  [2, 5],
] as const) {
  test(`consistency of ${from} and ${to}: the proof, and no probe`, () => {
    const roots = [rootOf(from), rootOf(to)] as const;
    const [older, newer] = [BigInt(from), BigInt(to)];
    const path = proveConsistency(hash, reader, older, newer);
    const good: Consistency = { sizes: [older, newer], roots, path };
    assertConsistent(good);
    const probes: [string, Consistency][] = [
      ['size1 zero', { ...good, sizes: [0n, newer] }],
      ['size1 - 1', { ...good, sizes: [older - 1n, newer] }],
      ['size1 + 1', { ...good, sizes: [older + 1n, newer] }],
      ['size1 ^ 2', { ...good, sizes: [older ^ 2n, newer] }],
      ['size2 * 2', { ...good, sizes: [older, newer * 2n] }],
      ['size2 / 2', { ...good, sizes: [older, newer / 2n] }],
      ['wrong root1', { ...good, roots: [createHash('sha256').update('WrongRoot').digest(), roots[1]] }],
      ['wrong root2', { ...good, roots: [roots[0], createHash('sha256').update('WrongRoot').digest()] }],
      ...(from === to ? [] : [['swapped roots', { ...good, roots: [roots[1], roots[0]] }] as [string, Consistency]]),
      ...alteredPaths(path, 4, roots).map(([name, altered]): [string, Consistency] => [
        name,
        { ...good, path: altered },
      ]),
    ];
    for (const [name, probe] of probes) assert.throws(() => assertConsistent(probe), { name: 'TlogError' }, name);
  });
}

test('the published proofs come out', () => {
  const base64 = (path: Path) => path.map((node) => Buffer.from(node).toString('base64'));
  assert.deepEqual(base64(proveConsistency(hash, reader, 6n, 8n)), [
    'DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=',
    'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=',
    '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=',
  ]);
  assert.equal(base64([rootOf(6)])[0], 'duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=');
});
