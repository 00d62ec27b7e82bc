// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { cp, lstat, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { crc32 } from 'node:zlib';
import {
  type DirectoryItem,
  type LogCrypto,
  type LogDirectory,
  type LogRecord,
  type LogReport,
  type LogVerdict,
  parseKeyTable,
  type ReadRecord,
  readLog,
  type SealedKeys,
  unwrapKey,
  verifyLog,
} from '@countersign/evidence';
import { parsePolicy } from '@countersign/tlog';
import type { DiskLogOptions } from './disk-log.ts';
import { sealedCrypto } from './sealed-crypto.ts';
import { sha256 } from './sha256.ts';

export const ORIGIN = 'gateway.test/audit/0';

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Directories of one log, and what `openDiskLog` takes: small segments, and nothing that runs by the clock. */
export interface LogPlace extends DiskLogOptions {
  readonly root: string;
}

export async function logPlace(root?: string): Promise<LogPlace> {
  const place = root ?? (await mkdtemp(join(tmpdir(), 'countersign-log-')));
  return {
    root: place,
    home: join(place, 'home'),
    keyDir: join(place, 'keys'),
    origin: ORIGIN,
    gateway: 'gateway',
    version: '0.0.0',
    segmentBytes: 64 * 1024,
    publishMs: 3_600_000,
    heartbeatMs: 3_600_000,
    spaceCheckMs: 3_600_000,
    lowSpacePercent: 0,
  };
}

/** A copy of a log that may be open: what a machine that lost its power at this moment would find. */
export async function copyPlace(place: LogPlace): Promise<LogPlace> {
  const copy = await logPlace();
  await cp(place.root, copy.root, { recursive: true });
  await rm(join(copy.home, 'lock'), { force: true });
  return { ...copy, segmentBytes: place.segmentBytes ?? 0 };
}

const principal = { kind: 'agent', id: 'reporter', owner: 'ann@example.com', act: [] } as const;
const decision = {
  occasion: 'request',
  effect: 'allow',
  rules: [{ set: 'organisation', id: 'readers' }],
  policyDigest: `sha256:${'0'.repeat(64)}`,
} as const;

/** An answer's record, with sealed fields and a decision's input. */
export function answerRecord(exchange: string = randomUUID(), more: Partial<LogRecord> = {}): LogRecord {
  return {
    type: 'answer',
    exchange,
    cluster: 'lab',
    principal: { ...principal, act: [] },
    decision: { id: randomUUID(), ...decision, rules: [...decision.rules] },
    status: 200,
    bytes: 12,
    masked: [],
    sealed: { source: { address: '192.0.2.7' }, userAgent: 'kubectl', input: { verb: 'get', groups: ['readers'] } },
    ...more,
  } as LogRecord;
}

export function intentRecord(exchange: string): LogRecord {
  return {
    type: 'intent',
    exchange,
    cluster: 'lab',
    decision: { id: randomUUID(), ...decision, rules: [...decision.rules] },
  };
}

/** Records of a log on the disk, in order. */
export async function recordsOf({ home }: LogPlace): Promise<readonly ReadRecord[]> {
  return await Array.fromAsync(readLog(directoryOf(join(home, 'log')), crc32));
}

/** The offline verifier's report on a log on the disk, which must be in order; with its keys and its recordings. */
export async function verifiedReport(place: LogPlace, vkey: string): Promise<LogReport> {
  const verdict = await verdictOn(place, vkey);
  if (verdict.result !== 'verified') assert.fail(inspect(verdict));
  return verdict.report;
}

export async function verdictOn(place: LogPlace, vkey: string): Promise<LogVerdict> {
  const policy = parsePolicy(sha256, `log ${vkey}\nquorum none\n`);
  const keys = await sealedKeys(place.keyDir);
  const recordings = directoryOf(join(place.home, 'recordings'));
  return await verifyLog({ directory: directoryOf(join(place.home, 'log')), crypto, policy, keys, recordings });
}

const crypto: LogCrypto = {
  hash: sha256,
  crc32,
  ed25519: {
    verify(publicKey, message, signature) {
      const spki = Buffer.concat([ED25519_SPKI_PREFIX, publicKey]);
      return verify(null, message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
    },
  },
};

function directoryOf(dir: string): LogDirectory {
  return {
    async *list(path): AsyncGenerator<DirectoryItem> {
      const names = await readdir(join(dir, path)).catch(() => []);
      for (const name of names) {
        const found = await lstat(join(dir, path, name));
        yield { name, kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', bytes: found.size };
      }
    },
    async read(path, offset, length) {
      const file = await open(join(dir, path)).catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}

/** The keys of a key table, unwrapped. */
export async function sealedKeys(keyDir: string): Promise<SealedKeys> {
  const { kek: kekId, lines } = parseKeyTable(await readFile(join(keyDir, 'table.jsonl'), 'utf8'));
  const kek = await readFile(join(keyDir, `kek-${kekId}.key`));
  return {
    crypto: sealedCrypto,
    find(id) {
      const line = lines.find((candidate) => candidate.id === id);
      if (line === undefined) return undefined;
      if (!('wrapped' in line)) return { state: 'destroyed', at: line.destroyed, rule: line.rule };
      return { state: 'there', key: unwrapKey(sealedCrypto, kek, id, line.wrapped) };
    },
  };
}
