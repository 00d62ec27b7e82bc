// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { commitmentOf, endClaimsOf, type Leaf } from '@countersign/evidence';
import {
  type RecordingClaims,
  type RecordingCommitment,
  type RecordingCrypto,
  RecordingError,
  RecordingReader,
  sourceOfFile,
  type VerifiedRecording,
  verifyRecording,
} from '@countersign/recording';
import { CliError } from '../cli-error.ts';
import type { loadKeyRing } from '../evidence/key-ring.ts';
import { nodeLogCrypto } from '../evidence/node-crypto.ts';
import { openRecords } from '../evidence/open-records.ts';
import { printable } from '../evidence/printable.ts';

type Keys = Awaited<ReturnType<typeof loadKeyRing>>;

/** A recording as the log knows it. */
export interface KnownRecording {
  readonly stream: string;
  readonly exchange: string;
  readonly session: string | undefined;
  /** Id of its key. */
  readonly key: string;
  readonly from: string;
  readonly claims: RecordingClaims;
  /** What the log itself says was lost of it: a gateway that began after a crash found less than there had been. */
  readonly flaw?: string;
}

/**
 * Recordings of a stream, an exchange or a session, in the order of their beginning.
 * @throws CliError 1 when there is none, or as `openRecords`
 */
export async function findRecordings(dir: string, id: string): Promise<readonly KnownRecording[]> {
  const found = new Map<string, KnownRecording & { claims: { progress: RecordingCommitment[] } }>();
  for await (const { leaf } of openRecords(dir, { from: 0 })) {
    if (leaf.type === 'recording.start' && [leaf.stream, leaf.exchange, leaf.session].includes(id)) {
      const { stream, exchange, session, key, ts: from } = leaf;
      const claims = { header: Buffer.from(leaf.header, 'hex'), progress: [] };
      found.set(stream, { stream, exchange, session, key, from, claims });
    } else if (leaf.type === 'recording.progress') {
      found.get(leaf.stream)?.claims.progress.push(commitmentOf(leaf));
    } else if (leaf.type === 'recording.end') {
      const known = found.get(leaf.stream);
      if (known !== undefined) found.set(leaf.stream, { ...known, ...endedClaims(known, leaf) });
    }
  }
  const begun = [...found.values()].filter((known) => !wasTakenBack(known));
  if (begun.length === 0) throw new CliError(1, `the log knows no recording of a stream, request or session ${id}`);
  return begun;
}

/** Of what never began nothing is recorded, and there is no file. */
function wasTakenBack({ claims, flaw }: KnownRecording): boolean {
  return claims.end?.chunks === 0 && flaw === undefined;
}

function endedClaims({ claims }: { readonly claims: { readonly progress: RecordingCommitment[] } }, leaf: EndLeaf) {
  const progress = claims.progress.filter(({ chunks }) => chunks <= leaf.chunks);
  const ended = endClaimsOf(leaf);
  const before = claims.progress.at(-1)?.chunks ?? 0;
  const flaw = flawOf({ isDamaged: ended.isDamaged, before, left: leaf.chunks });
  return { claims: { ...claims, progress, ...ended }, ...(flaw !== undefined && { flaw }) };
}

function flawOf({ isDamaged, before, left }: { isDamaged: boolean; before: number; left: number }): string | undefined {
  if (before > left) return `it had ${before} chunks, and when a gateway came to it after a crash, ${left} were left`;
  return isDamaged ? `it was damaged after ${left} chunks when a gateway came to it after a crash` : undefined;
}

type EndLeaf = Extract<Leaf, { type: 'recording.end' }>;

/** A recording that can be read, with what was found when it was checked against the log. */
export interface OpenedRecording extends AsyncDisposable {
  readonly known: KnownRecording;
  readonly reader: RecordingReader;
  readonly verified: VerifiedRecording;
}

/**
 * Checks a recording against what the log says of it, opening every chunk, and opens it to be read.
 * @throws CliError 1 naming what is wrong with it, 2 when it is not there or its key is not
 */
export async function openRecordingFile(dir: string, known: KnownRecording, keys: Keys): Promise<OpenedRecording> {
  const { stream, claims } = known;
  const path = join(dir, stream.slice(0, 2), `${stream}.rec`);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(2, `can't read the recording ${printable(path)} (${cause.code})`, { cause });
  });
  try {
    const key = keyOf(known, keys);
    const source = sourceOfFile(file);
    const crypto: RecordingCrypto = { ...nodeLogCrypto(), ...keys.crypto };
    const verified = await verifyRecording({ source, crypto, claims, opening: { crypto, keyOf: () => key } });
    const reader = await RecordingReader.open({ source, crypto, keyOf: () => key });
    return { known, reader, verified, [Symbol.asyncDispose]: () => file.close() };
  } catch (cause) {
    await file.close();
    if (!(cause instanceof RecordingError)) throw cause;
    throw new CliError(1, `the recording ${stream} is not what the log says: ${cause.message}`, { cause });
  }
}

function keyOf({ stream, key }: KnownRecording, keys: Keys): Uint8Array {
  const found = keys.find(key);
  if (found === undefined) throw new CliError(2, `the key of the recording ${stream} is not in the key table`);
  if (found.state === 'there') return found.key;
  throw new CliError(
    2,
    `the key of the recording ${stream} was destroyed at ${found.at} by rule ${printable(found.rule)}`,
  );
}
