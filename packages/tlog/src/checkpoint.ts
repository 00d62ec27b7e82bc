// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from './base64.ts';
import { TlogError } from './error.ts';
import { HASH_BYTES, MAX_TREE_SIZE } from './merkle.ts';
import { type NoteSigner, type NoteVerifier, signNote, type VerifiedNote, verifyNote } from './note.ts';

/** A tree head under the name of its log. */
export interface Checkpoint {
  /** The log's identity: not empty, one line. */
  readonly origin: string;
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Further lines, none of them empty. */
  readonly extensions?: readonly string[];
}

export interface VerifiedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: VerifiedNote;
}

/** `<origin>\n<size>\n<base64 root>\n` and the extension lines. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  return `${[origin, size.toString(), encodeBase64(root), ...extensions].join('\n')}\n`;
}

/**
 * The checkpoint that a note's text spells, in its one spelling: the text is printed again and compared.
 * @throws TlogError `ERR_TLOG_CHECKPOINT`
 * @see https://c2sp.org/tlog-checkpoint Note text
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  if (rest.pop() !== '') throw malformed('fewer than three lines');
  if (origin === '' || rest.includes('')) throw malformed('an empty line');
  const checkpoint = { origin, size: parseSize(size), root: parseRoot(root), extensions: rest };
  if (formatCheckpoint(checkpoint) !== text) throw malformed('another spelling');
  return checkpoint;
}

/** The checkpoint as a note signed by each signer. The first of them SHOULD be the log, under the origin as its name. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): Uint8Array {
  const text = formatCheckpoint(checkpoint);
  parseCheckpoint(text);
  return signNote(text, signers);
}

/**
 * A checkpoint that its log signed: one of `logKeys`, whose name is the origin. `others` (witnesses) are verified where
 * they signed.
 * @throws TlogError those of `verifyNote` and `parseCheckpoint`; `ERR_TLOG_ORIGIN`; `ERR_TLOG_UNSIGNED`
 */
export function verifyCheckpoint(
  bytes: Uint8Array,
  logKeys: readonly NoteVerifier[],
  others: readonly NoteVerifier[] = [],
): VerifiedCheckpoint {
  const note = verifyNote(bytes, [...logKeys, ...others]);
  const checkpoint = parseCheckpoint(note.text);
  const byLog = note.signatures.filter((signature) =>
    logKeys.some((key) => key.name === signature.name && key.keyId === signature.keyId),
  );
  if (byLog.length === 0) throw new TlogError('ERR_TLOG_UNSIGNED', 'no known log signed the checkpoint');
  if (byLog.some(({ name }) => name !== checkpoint.origin)) {
    throw new TlogError('ERR_TLOG_ORIGIN', `a key of another log signed the checkpoint of ${checkpoint.origin}`);
  }
  return { checkpoint, note };
}

function parseSize(text: string): bigint {
  if (!/^(?:0|[1-9]\d{0,18})$/.test(text)) throw malformed('the size is not a plain decimal number');
  const size = BigInt(text);
  if (size > MAX_TREE_SIZE) throw malformed(`the size is over ${MAX_TREE_SIZE}`);
  return size;
}

function parseRoot(text: string): Uint8Array {
  try {
    const root = decodeBase64(text);
    if (root.length === HASH_BYTES) return root;
  } catch (cause) {
    throw malformed('the root is not base64', cause);
  }
  throw malformed(`the root has not ${HASH_BYTES} bytes`);
}

function malformed(why: string, cause?: unknown): TlogError {
  return new TlogError('ERR_TLOG_CHECKPOINT', `malformed checkpoint: ${why}`, { cause });
}
