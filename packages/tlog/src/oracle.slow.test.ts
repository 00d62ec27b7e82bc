// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeBundle } from './bundle.ts';
import { toHex } from './bytes.ts';
import { signCheckpoint } from './checkpoint.ts';
import { proveConsistency } from './consistency.ts';
import type { Hash } from './crypto.ts';
import { proveInclusion } from './inclusion.ts';
import { leafHash } from './leaf.ts';
import { merkleRoot } from './merkle.ts';
import { noteSigner } from './note.ts';
import { bundlePath, bundlesOf, type Tile, tilePath, tileSubtrees } from './tile.ts';
import { TileBuilder } from './tile-builder.ts';
import { ED25519, formatVerifierKey, verifierKey } from './vkey.ts';

const ORACLE = fileURLToPath(new URL('../../../conformance/tlog-oracle/', import.meta.url));
const ORIGIN = 'oracle.example/log';
const SIZES = [0, 1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537, 70_000];
const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };

interface Proofs {
  readonly inclusion: Record<string, string[]>;
  readonly consistency: Record<string, string[]>;
}

const entries = Array.from({ length: 70_000 }, (_, i) => new TextEncoder().encode(i === 0 ? '' : `entry ${i}`));
const leaves = entries.map((entry) => leafHash(hash, entry));

function write(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Writes the log of the first `size` entries under `dir`, and returns the proofs that it wrote too. */
function writeLog(dir: string, size: number, checkpoint: (root: Uint8Array) => Uint8Array): Proofs {
  const builder = TileBuilder.empty(hash);
  const full = leaves.slice(0, size).flatMap((leaf) => [...builder.append(leaf)]);
  const tiles = new Map([...full, ...builder.partialTiles()].map((tile) => [tilePath(tile), tile.bytes]));
  for (const [path, bytes] of tiles) write(join(dir, path), bytes);
  for (const bundle of bundlesOf(BigInt(size))) {
    const start = Number(bundle.index) * 256;
    write(join(dir, bundlePath(bundle)), encodeBundle(entries.slice(start, start + bundle.width)));
  }
  write(join(dir, 'checkpoint'), checkpoint(merkleRoot(hash, leaves.slice(0, size))));
  const reader = tileSubtrees(hash, BigInt(size), (tile: Tile) => tiles.get(tilePath(tile)) as Uint8Array);
  const proofs: Proofs = { inclusion: {}, consistency: {} };
  for (const index of new Set([0, 1, 254, 255, 256, 65_535, size >> 1, size - 1].filter((i) => i >= 0 && i < size))) {
    proofs.inclusion[index] = proveInclusion(hash, reader, BigInt(index), BigInt(size)).map(toHex);
  }
  for (const old of new Set([1, 2, 255, 256, 257, 65_536, size >> 1, size].filter((n) => n > 0 && n <= size))) {
    proofs.consistency[old] = proveConsistency(hash, reader, BigInt(old), BigInt(size)).map(toHex);
  }
  write(join(dir, 'proofs.json'), JSON.stringify(proofs));
  return proofs;
}

const hasGo = spawnSync('go', ['version']).status === 0;

test("Go's sumdb reads what is written here and makes the same proofs", (t) => {
  if (!hasGo) {
    assert.equal(process.env.CI, undefined, 'in CI the Go oracle must run, and go is not on the PATH');
    t.diagnostic('NOT RUN: the Go oracle of packages/tlog (go is not on the PATH)');
    t.skip('go is not on the PATH');
    return;
  }
  const home = mkdtempSync(join(tmpdir(), 'tlog-oracle-'));
  t.after(() => rmSync(home, { recursive: true }));
  const oracle = join(home, 'tlog-oracle');
  execFileSync('go', ['build', '-buildvcs=false', '-o', oracle, '.'], { cwd: ORACLE, stdio: 'pipe' });

  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const vkey = formatVerifierKey(verifierKey(hash, ORIGIN, ED25519, raw));
  const signer = noteSigner(hash, ORIGIN, { publicKey: raw, sign: (message) => sign(null, message, privateKey) });
  const logs = SIZES.map((size) => {
    const dir = join(home, `${size}`);
    const proofs = writeLog(dir, size, (root) =>
      signCheckpoint({ origin: ORIGIN, size: BigInt(size), root }, [signer]),
    );
    return { dir, proofs };
  });

  const dirs = logs.map(({ dir }) => dir);
  const printed = execFileSync(oracle, [vkey, ...dirs], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const made = printed.trimEnd().split('\n');
  assert.equal(made.length, SIZES.length);
  logs.forEach(({ proofs }, i) => {
    assert.deepEqual(JSON.parse(made[i] as string), proofs, `size ${SIZES[i]}`);
  });

  const [some] = logs.slice(-1);
  const altered = some?.proofs.inclusion['255']?.with(3, '00'.repeat(32));
  write(join(some?.dir ?? '', 'proofs.json'), JSON.stringify({ inclusion: { 255: altered }, consistency: {} }));
  const refused = spawnSync(oracle, [vkey, some?.dir ?? ''], { encoding: 'utf8' });
  assert.equal(refused.status, 1, 'the oracle is not blind');
  assert.match(refused.stderr, /inclusion of 255/);
});
