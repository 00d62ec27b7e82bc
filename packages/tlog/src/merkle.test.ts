// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes, toHex } from './bytes.ts';
import { proveConsistency, verifyConsistency } from './consistency.ts';
import type { Hash } from './crypto.ts';
import { proveInclusion, rootFromInclusion, verifyInclusion } from './inclusion.ts';
import { leafHash, MAX_ENTRY_BYTES } from './leaf.ts';
import { emptyRoot, Frontier, MAX_TREE_SIZE, merkleRoot, nodeHash } from './merkle.ts';
import type { SubtreeReader } from './subtree.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };

const CLASSIC_ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafHash(hash, new TextEncoder().encode(`entry ${i}`)));
}

/** RFC 6962's recursive definition, to check the iterative ones against. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot(hash);
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(hash, definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

function subtreesOf(leaves: readonly Uint8Array[]): SubtreeReader {
  return {
    subtree: (level, index) => {
      const width = 2 ** level;
      const part = leaves.slice(Number(index) * width, (Number(index) + 1) * width);
      assert.equal(part.length, width, 'only complete subtrees are asked for');
      return definedRoot(part);
    },
  };
}

test('the published hashes come out', () => {
  assert.equal(toHex(leafHash(hash, new Uint8Array(0))).slice(0, 16), '6e340b9cffb37a98');
  assert.equal(toHex(emptyRoot(hash)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  const root = merkleRoot(
    hash,
    CLASSIC_ENTRIES.map((entry) => leafHash(hash, entry)),
  );
  assert.equal(toHex(root), '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
});

test('an entry is at most 65,535 bytes', () => {
  assert.equal(leafHash(hash, new Uint8Array(MAX_ENTRY_BYTES)).length, 32);
  assert.throws(() => leafHash(hash, new Uint8Array(MAX_ENTRY_BYTES + 1)), { code: 'ERR_TLOG_ENTRY_TOO_LARGE' });
});

test('a frontier has the root of the definition at every size', () => {
  const leaves = leavesOf(300);
  const frontier = Frontier.empty(hash);
  leaves.forEach((leaf, i) => {
    assert.deepEqual(frontier.root(), definedRoot(leaves.slice(0, i)));
    frontier.append(leaf);
  });
  assert.equal(frontier.size, 300n);
});

test('a frontier goes on from its parts, and refuses parts of another size', () => {
  const leaves = leavesOf(77);
  const whole = Frontier.empty(hash);
  for (const leaf of leaves.slice(0, 50)) whole.append(leaf);
  const resumed = Frontier.of(hash, whole.size, whole.subtrees);
  for (const leaf of leaves.slice(50)) resumed.append(leaf);
  assert.deepEqual(resumed.root(), definedRoot(leaves));
  assert.deepEqual(whole.root(), definedRoot(leaves.slice(0, 50)), 'the original is untouched');
  assert.throws(() => Frontier.of(hash, 51n, whole.subtrees), { code: 'ERR_TLOG_RANGE' });
  assert.throws(() => Frontier.of(hash, -1n, []), { code: 'ERR_TLOG_RANGE' });
});

test('a frontier stops at the largest tree', () => {
  const full = Frontier.of(
    hash,
    MAX_TREE_SIZE,
    Array.from({ length: 63 }, () => new Uint8Array(32)),
  );
  assert.throws(() => full.append(new Uint8Array(32)), { code: 'ERR_TLOG_RANGE' });
});

test('every inclusion proof of every small tree verifies, and no other leaf, index or size does', () => {
  const leaves = leavesOf(40);
  for (let size = 1; size <= leaves.length; size++) {
    const tree = { size: BigInt(size), root: definedRoot(leaves.slice(0, size)) };
    const reader = subtreesOf(leaves.slice(0, size));
    for (let index = 0; index < size; index++) {
      const leaf = leaves[index] as Uint8Array;
      const path = proveInclusion(hash, reader, BigInt(index), tree.size);
      verifyInclusion(hash, leaf, BigInt(index), tree, path);
      assert.throws(() => verifyInclusion(hash, nodeHash(hash, leaf, leaf), BigInt(index), tree, path), {
        code: 'ERR_TLOG_INCLUSION',
      });
      for (let other = 0; other < size; other++) {
        if (other !== index) assert.throws(() => verifyInclusion(hash, leaf, BigInt(other), tree, path));
      }
    }
  }
});

const tamperedPath = (path: readonly Uint8Array[], at: number, bit: number, how: number): Uint8Array[] => {
  const changed = path.map((node) => node.slice());
  const node = changed[at % Math.max(1, changed.length)];
  if (how === 0 && node !== undefined) node[bit >> 3] = (node[bit >> 3] as number) ^ (1 << (bit & 7));
  else if (how === 1 && node !== undefined) changed.pop();
  else if (how === 2 && node !== undefined) changed.shift();
  else if (how === 3) changed.push(new Uint8Array(32));
  else changed.unshift(new Uint8Array(32));
  return changed;
};

test('no altered inclusion proof verifies', () => {
  const leaves = leavesOf(600);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.nat(599),
      fc.nat(9),
      fc.nat(255),
      fc.nat(4),
      (size, pick, at, bit, how) => {
        const index = pick % size;
        const tree = { size: BigInt(size), root: merkleRoot(hash, leaves.slice(0, size)) };
        const path = proveInclusion(hash, subtreesOf(leaves.slice(0, size)), BigInt(index), tree.size);
        const leaf = leaves[index] as Uint8Array;
        verifyInclusion(hash, leaf, BigInt(index), tree, path);
        assert.throws(() => verifyInclusion(hash, leaf, BigInt(index), tree, tamperedPath(path, at, bit, how)));
      },
    ),
    { numRuns: 60 },
  );
});

test('an inclusion proof needs a leaf of the tree', () => {
  for (const [index, size] of [
    [0n, 0n],
    [1n, 1n],
    [5n, 5n],
    [-1n, 5n],
    [0n, MAX_TREE_SIZE + 1n],
  ] as const) {
    assert.throws(() => rootFromInclusion(hash, new Uint8Array(32), index, size, []), { code: 'ERR_TLOG_RANGE' });
  }
});

test('every consistency proof of every small tree verifies, and no other size does', () => {
  const leaves = leavesOf(40);
  const roots = Array.from({ length: 41 }, (_, size) => definedRoot(leaves.slice(0, size)));
  for (let size = 1; size <= 40; size++) {
    const newer = { size: BigInt(size), root: roots[size] as Uint8Array };
    for (let old = 1; old <= size; old++) {
      const older = { size: BigInt(old), root: roots[old] as Uint8Array };
      const path = proveConsistency(hash, subtreesOf(leaves.slice(0, size)), older.size, newer.size);
      verifyConsistency(hash, older, newer, path);
      for (let other = 1; other <= size; other++) {
        if (other === old) continue;
        const wrong = { size: older.size, root: roots[other] as Uint8Array };
        assert.throws(() => verifyConsistency(hash, wrong, newer, path), { code: 'ERR_TLOG_CONSISTENCY' });
      }
    }
  }
});

test('no altered consistency proof verifies', () => {
  const leaves = leavesOf(600);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.nat(599),
      fc.nat(9),
      fc.nat(255),
      fc.nat(4),
      (size, pick, at, bit, how) => {
        const old = 1 + (pick % size);
        const older = { size: BigInt(old), root: merkleRoot(hash, leaves.slice(0, old)) };
        const newer = { size: BigInt(size), root: merkleRoot(hash, leaves.slice(0, size)) };
        const path = proveConsistency(hash, subtreesOf(leaves.slice(0, size)), older.size, newer.size);
        verifyConsistency(hash, older, newer, path);
        assert.throws(() => verifyConsistency(hash, older, newer, tamperedPath(path, at, bit, how)));
        if (old < size) assert.throws(() => verifyConsistency(hash, newer, older, path));
      },
    ),
    { numRuns: 60 },
  );
});

test('a consistency proof from size zero is refused, whatever it holds', () => {
  const empty = { size: 0n, root: emptyRoot(hash) };
  const one = { size: 1n, root: leavesOf(1)[0] as Uint8Array };
  for (const [older, newer] of [
    [empty, empty],
    [empty, one],
    [one, empty],
  ] as const) {
    assert.throws(() => verifyConsistency(hash, older, newer, []), { code: 'ERR_TLOG_RANGE' });
  }
});

test('bytes are compared whole', () => {
  assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)));
});
