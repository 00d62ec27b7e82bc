// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from './base64.ts';
import { concatBytes } from './bytes.ts';
import type { Ed25519Signer, Ed25519Verifier, Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { ED25519, formatKeyId, isKeyName, type VerifierKey, verifierKey } from './vkey.ts';

/** C2SP asks for at least 16. */
export const MAX_NOTE_SIGNATURES = 100;
export const MAX_NOTE_BYTES = 1_048_576;
const KEY_ID_BYTES = 4;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id, at least one byte. */
  readonly signature: Uint8Array;
}

/** A note that nobody has verified yet. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifiedNote {
  readonly text: string;
  /** By known keys, at least one, each verified. */
  readonly signatures: readonly NoteSignature[];
  /** By unknown keys: not looked at. */
  readonly ignored: readonly NoteSignature[];
}

/** A key that a note's reader trusts. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  verify(text: string, signature: Uint8Array): boolean;
}

/** A key that signs notes. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  sign(text: string): Uint8Array;
}

/**
 * Splits a signed note at its last empty line:
 * ```
 * This is an example message.
 *
 * — example.com/foo Uw2QOkn8srV1yJGh…
 * ```
 * UTF-8 without control characters other than newline; base64 in its canonical spelling; at most 100 signatures, 1 MiB.
 * @throws TlogError `ERR_TLOG_NOTE`
 * @see https://c2sp.org/signed-note Format
 */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE_BYTES) throw malformed(`over ${MAX_NOTE_BYTES} bytes`);
  const whole = decodeText(bytes);
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw malformed('no empty line before the signatures');
  const lines = whole.slice(split + 2).split('\n');
  if (lines.length < 2 || lines.pop() !== '') throw malformed('no signature line at the end');
  if (lines.length > MAX_NOTE_SIGNATURES) throw malformed(`over ${MAX_NOTE_SIGNATURES} signatures`);
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** The note's bytes; `parseNote` gives the same note back. */
export function formatNote(note: Note): Uint8Array {
  assertNoteText(note.text);
  if (note.signatures.length === 0) throw malformed('no signature');
  const lines = note.signatures.map(formatSignatureLine);
  return new TextEncoder().encode(`${note.text}\n${lines.join('')}`);
}

/** `— <name> <base64(key id || signature)>` with its newline, as witnesses answer it. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const blob = new Uint8Array(KEY_ID_BYTES + signature.length);
  new DataView(blob.buffer).setUint32(0, keyId);
  blob.set(signature, KEY_ID_BYTES);
  return `— ${name} ${encodeBase64(blob)}\n`;
}

/** The note with one signature by each signer, in their order. */
export function signNote(text: string, signers: readonly NoteSigner[]): Uint8Array {
  assertNoteText(text);
  const signatures = signers.map((signer) => {
    if (!isKeyName(signer.name)) throw new TlogError('ERR_TLOG_KEY', 'a signer has no proper key name');
    return { name: signer.name, keyId: signer.keyId, signature: signer.sign(text) };
  });
  return formatNote({ text, signatures });
}

/**
 * The note, if a known key signed it. Signatures by unknown keys are ignored; one by a known key that does not verify
 * refuses the whole note.
 * @throws TlogError `ERR_TLOG_NOTE`, `ERR_TLOG_SIGNATURE`, `ERR_TLOG_UNSIGNED`, `ERR_TLOG_KEY` when two verifiers are alike
 * @see https://c2sp.org/signed-note Signatures
 */
export function verifyNote(bytes: Uint8Array, verifiers: readonly NoteVerifier[]): VerifiedNote {
  const { text, signatures } = parseNote(bytes);
  const known: NoteSignature[] = [];
  const ignored: NoteSignature[] = [];
  for (const signature of signatures) {
    const verifier = findVerifier(verifiers, signature);
    if (verifier === undefined) {
      ignored.push(signature);
    } else if (verifier.verify(text, signature.signature)) {
      known.push(signature);
    } else {
      throw new TlogError('ERR_TLOG_SIGNATURE', `the signature by ${keyOf(signature)} does not verify`);
    }
  }
  if (known.length === 0) throw new TlogError('ERR_TLOG_UNSIGNED', 'no known key signed the note');
  return { text, signatures: known, ignored };
}

/** Verifies Ed25519 signatures over a note's text. */
export function noteVerifier(ed25519: Ed25519Verifier, key: VerifierKey): NoteVerifier {
  if (key.type !== ED25519) throw new TlogError('ERR_TLOG_KEY', `${keyOf(key)} is not a key for note signatures`);
  return {
    name: key.name,
    keyId: key.keyId,
    verify: (text, signature) => ed25519.verify(key.publicKey, new TextEncoder().encode(text), signature),
  };
}

/** Makes Ed25519 signatures over a note's text. */
export function noteSigner(hash: Hash, name: string, signer: Ed25519Signer): NoteSigner {
  const { keyId } = verifierKey(hash, name, ED25519, signer.publicKey);
  return { name, keyId, sign: (text) => signer.sign(new TextEncoder().encode(text)) };
}

/** `<name>+<id in hex>`, as errors name a key. */
export function keyOf({ name, keyId }: { readonly name: string; readonly keyId: number }): string {
  return `${name}+${formatKeyId(keyId)}`;
}

/** Decodes strictly; a byte order mark is text like any other. */
function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed('not UTF-8', cause);
  }
  assertNoControls(text);
  return text;
}

function assertNoteText(text: string): void {
  if (!text.endsWith('\n') || !text.isWellFormed()) throw malformed('the text does not end in a newline');
  assertNoControls(text);
}

function assertNoControls(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw malformed('a control character');
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^— ([^ ]*) ([^ ]*)$/.exec(line) ?? [];
  if (!isKeyName(name)) throw malformed('a signature line is «— <name> <base64>»');
  let blob: Uint8Array;
  try {
    blob = decodeBase64(encoded);
  } catch (cause) {
    throw malformed('a signature is not canonical base64', cause);
  }
  if (blob.length <= KEY_ID_BYTES) throw malformed('a signature is too short');
  return { name, keyId: new DataView(blob.buffer).getUint32(0), signature: concatBytes(blob.subarray(KEY_ID_BYTES)) };
}

function findVerifier(verifiers: readonly NoteVerifier[], signature: NoteSignature): NoteVerifier | undefined {
  const found = verifiers.filter(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
  if (found.length > 1) throw new TlogError('ERR_TLOG_KEY', `two verifiers are called ${keyOf(signature)}`);
  return found[0];
}

function malformed(why: string, cause?: unknown): TlogError {
  return new TlogError('ERR_TLOG_NOTE', `malformed note: ${why}`, { cause });
}
