// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { verifyInclusion } from './inclusion.ts';
import { leafHash } from './leaf.ts';
import { HASH_BYTES, MAX_TREE_SIZE } from './merkle.ts';
import { MAX_NOTE_BYTES, type NoteVerifier } from './note.ts';

const MAGIC = 'c2sp.org/tlog-proof@v1';
const MAX_PATH = 63;

/** That an entry is in a log, for a reader without a network. */
export interface TlogProof {
  /** Not authenticated by anything. */
  readonly extra?: Uint8Array;
  readonly index: bigint;
  /** The leaf's sibling first. */
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: Uint8Array;
}

/**
 * ```
 * c2sp.org/tlog-proof@v1
 * extra <base64>
 * index 73894
 * <base64 hashes, the leaf's sibling first, one a line>
 *
 * <checkpoint>
 * ```
 * @see https://c2sp.org/tlog-proof Format
 */
export function formatProof({ extra, index, path, checkpoint }: TlogProof): Uint8Array {
  const head = [MAGIC, ...(extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]), `index ${index}`];
  const prefix = new TextEncoder().encode(`${[...head, ...path.map(encodeBase64)].join('\n')}\n\n`);
  const bytes = new Uint8Array(prefix.length + checkpoint.length);
  bytes.set(prefix);
  bytes.set(checkpoint, prefix.length);
  return bytes;
}

/**
 * The parts of a proof, none of them verified; 63 hashes at most.
 * @throws TlogError `ERR_TLOG_PROOF`
 */
export function parseProof(bytes: Uint8Array): TlogProof {
  const blank = endOfHead(bytes);
  const lines = asciiLines(bytes.subarray(0, blank));
  if (lines.shift() !== MAGIC) throw malformed(`it does not begin with ${MAGIC}`);
  const extra = lines[0]?.startsWith('extra ') ? decode(lines.shift()?.slice('extra '.length) ?? '') : undefined;
  const index = parseIndex(lines.shift() ?? '');
  if (lines.length > MAX_PATH) throw malformed(`over ${MAX_PATH} hashes`);
  const path = lines.map(decode);
  if (path.some((node) => node.length !== HASH_BYTES)) throw malformed(`a hash has not ${HASH_BYTES} bytes`);
  const checkpoint = bytes.slice(blank + 2);
  return { ...(extra === undefined ? {} : { extra }), index, path, checkpoint };
}

/**
 * Returns the checkpoint in whose tree the entry stands at the proof's index.
 * @throws TlogError those of `verifyCheckpoint` and `verifyInclusion`
 */
export function verifyProof(
  hash: Hash,
  proof: TlogProof,
  entry: Uint8Array,
  logKeys: readonly NoteVerifier[],
  witnesses: readonly NoteVerifier[] = [],
): VerifiedCheckpoint {
  const verified = verifyCheckpoint(proof.checkpoint, logKeys, witnesses);
  verifyInclusion(hash, leafHash(hash, entry), proof.index, verified.checkpoint, proof.path);
  return verified;
}

function endOfHead(bytes: Uint8Array): number {
  if (bytes.length > 2 * MAX_NOTE_BYTES) throw malformed('too long');
  const newline = 0x0a;
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === newline && bytes[at + 1] === newline) return at;
  }
  throw malformed('no empty line before the checkpoint');
}

function asciiLines(bytes: Uint8Array): string[] {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text.split('\n');
}

function parseIndex(line: string): bigint {
  const [, digits] = /^index (0|[1-9]\d{0,18})$/.exec(line) ?? [];
  if (digits === undefined || BigInt(digits) >= MAX_TREE_SIZE) throw malformed('no index');
  return BigInt(digits);
}

function decode(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw malformed('a line is not canonical base64', cause);
  }
}

function malformed(why: string, cause?: unknown): TlogError {
  return new TlogError('ERR_TLOG_PROOF', `malformed proof: ${why}`, { cause });
}
