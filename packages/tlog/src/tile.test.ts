// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBundle, encodeBundle } from './bundle.ts';
import { proveConsistency, verifyConsistency } from './consistency.ts';
import type { Hash } from './crypto.ts';
import { proveInclusion, verifyInclusion } from './inclusion.ts';
import { leafHash } from './leaf.ts';
import { merkleRoot } from './merkle.ts';
import { bundlePath, parseTilePath, partialWidth, type Tile, tilePath, tileSubtrees, tilesOf } from './tile.ts';
import { type BuiltTile, TileBuilder } from './tile-builder.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const leaves = Array.from({ length: 66_000 }, (_, i) => leafHash(hash, new TextEncoder().encode(`entry ${i}`)));

function buildTiles(size: number): Map<string, BuiltTile> {
  const builder = TileBuilder.empty(hash);
  const built = leaves.slice(0, size).flatMap((leaf) => [...builder.append(leaf)]);
  return new Map([...built, ...builder.partialTiles()].map((tile) => [tilePath(tile), tile]));
}

function readerOf(tiles: Map<string, BuiltTile>) {
  return (tile: Tile): Uint8Array => {
    const found = tiles.get(tilePath(tile));
    assert.ok(found, `${tilePath(tile)} is there`);
    return found.bytes;
  };
}

test('paths are as the specification spells them', () => {
  assert.equal(tilePath({ level: 0, index: 1_234_067n, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(tilePath({ level: 2, index: 0n, width: 1 }), 'tile/2/000.p/1');
  assert.equal(bundlePath({ index: 273n, width: 112 }), 'tile/entries/273.p/112');
  for (const bad of [
    { level: 64, index: 0n, width: 1 },
    { level: 0, index: -1n, width: 1 },
    { level: 0, index: 0n, width: 0 },
    { level: 0, index: 0n, width: 257 },
  ]) {
    assert.throws(() => tilePath(bad), { code: 'ERR_TLOG_TILE' });
  }
});

test('every tile path reads back, and no other spelling does', () => {
  fc.assert(
    fc.property(fc.nat(63), fc.bigInt(0n, 2n ** 55n), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      assert.deepEqual(parseTilePath(tilePath({ level, index, width })), { level, index, width });
      assert.deepEqual(parseTilePath(bundlePath({ index, width })), { level: 'entries', index, width });
    }),
  );
  for (const bad of [
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/-1/000',
    'tile/8/0/000',
    'tile/entries/000.p/256',
    'tile/Entries/000',
    'tile/0/000\n',
  ]) {
    assert.throws(() => parseTilePath(bad), { code: 'ERR_TLOG_TILE' }, bad);
  }
});

test('a tree of 70,000 has the tiles that the specification counts', () => {
  const tiles = [...tilesOf(70_000n)];
  const partial = tiles.filter(({ width }) => width < 256);
  assert.equal(tiles.filter(({ level, width }) => level === 0 && width === 256).length, 273);
  assert.equal(tiles.filter(({ level, width }) => level === 1 && width === 256).length, 1);
  assert.deepEqual(
    partial.map((tile) => tilePath(tile)),
    ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1'],
  );
  assert.deepEqual([...tilesOf(256n)].map(tilePath), ['tile/0/000', 'tile/1/000.p/1']);
  assert.deepEqual([...tilesOf(0n)], []);
  assert.equal(partialWidth(1, 70_000n), 17);
});

test('the builder makes exactly the tiles of the tree, with the hashes of the definition', () => {
  for (const size of [0, 1, 2, 255, 256, 257, 600, 65_535, 65_536, 65_537]) {
    const tiles = buildTiles(size);
    assert.deepEqual([...tiles.keys()].sort(), [...tilesOf(BigInt(size))].map(tilePath).sort(), `size ${size}`);
  }
  const tiles = buildTiles(600);
  const first = tiles.get('tile/1/000.p/2')?.bytes.subarray(0, 32);
  assert.deepEqual(Buffer.from(first ?? []), Buffer.from(merkleRoot(hash, leaves.slice(0, 256))));
});

test('a builder goes on from the partial tiles', () => {
  const stopped = buildTiles(65_600);
  const resumed = TileBuilder.resume(hash, 65_600n, readerOf(stopped));
  const built = leaves.slice(65_600, 65_900).flatMap((leaf) => [...resumed.append(leaf)]);
  const whole = buildTiles(65_900);
  for (const tile of [...built, ...resumed.partialTiles()]) {
    assert.deepEqual(tile.bytes, whole.get(tilePath(tile))?.bytes, tilePath(tile));
  }
  assert.deepEqual(built.map(tilePath), ['tile/0/256']);
});

test('proofs made from tiles verify', () => {
  const size = 65_800n;
  const reader = tileSubtrees(hash, size, readerOf(buildTiles(Number(size))));
  const root = merkleRoot(hash, leaves.slice(0, Number(size)));
  for (const index of [0n, 255n, 256n, 65_535n, 65_536n, 65_799n]) {
    const path = proveInclusion(hash, reader, index, size);
    verifyInclusion(hash, leaves[Number(index)] as Uint8Array, index, { size, root }, path);
  }
  for (const old of [1n, 256n, 300n, 65_535n, 65_536n, 65_799n, 65_800n]) {
    const older = { size: old, root: merkleRoot(hash, leaves.slice(0, Number(old))) };
    verifyConsistency(hash, older, { size, root }, proveConsistency(hash, reader, old, size));
  }
  assert.throws(() => reader.subtree(0, size), { code: 'ERR_TLOG_RANGE' });
});

test('bundles read back, and nothing is missing or left over', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
      const bytes = encodeBundle(entries);
      assert.deepEqual(
        decodeBundle(bytes, entries.length).map((entry) => Buffer.from(entry)),
        entries.map((entry) => Buffer.from(entry)),
      );
      assert.throws(() => decodeBundle(bytes, entries.length + 1), { code: 'ERR_TLOG_BUNDLE' });
      if (entries.length > 0) {
        assert.throws(() => decodeBundle(bytes, entries.length - 1), { code: 'ERR_TLOG_BUNDLE' });
        assert.throws(() => decodeBundle(bytes.subarray(1), entries.length));
      }
    }),
  );
  assert.throws(() => encodeBundle([new Uint8Array(65_536)]), { code: 'ERR_TLOG_ENTRY_TOO_LARGE' });
  assert.throws(() => encodeBundle(Array.from({ length: 257 }, () => new Uint8Array(0))), { code: 'ERR_TLOG_BUNDLE' });
});
