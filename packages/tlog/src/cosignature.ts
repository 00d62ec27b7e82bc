// SPDX-License-Identifier: Apache-2.0
import type { Ed25519Signer, Ed25519Verifier, Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { keyOf, type NoteSigner, type NoteVerifier } from './note.ts';
import { COSIGNATURE_V1, type VerifierKey, verifierKey } from './vkey.ts';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
const MAX_TIME = 2n ** 63n - 1n;

/** What follows the key id: u64 time || Ed25519 signature. */
export interface Cosignature {
  /** Seconds since the Epoch. */
  readonly time: bigint;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * What a witness signs: `cosignature/v1`, `time <seconds>`, then the checkpoint's text.
 * @see https://c2sp.org/tlog-cosignature Ed25519 signed message
 */
export function cosignedMessage(time: bigint, checkpointText: string): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${checkpointText}`);
}

/** @throws TlogError `ERR_TLOG_COSIGNATURE` */
export function parseCosignature(blob: Uint8Array): Cosignature {
  if (blob.length !== TIME_BYTES + SIGNATURE_BYTES) throw malformed(`${blob.length} bytes`);
  const time = new DataView(blob.buffer, blob.byteOffset).getBigUint64(0);
  if (time > MAX_TIME) throw malformed('a time over 2^63 - 1');
  return { time, signature: blob.subarray(TIME_BYTES) };
}

/** @throws TlogError `ERR_TLOG_COSIGNATURE` */
export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) throw malformed(`a signature of ${signature.length} bytes`);
  if (time < 0n || time > MAX_TIME) throw malformed(`the time ${time}`);
  const blob = new Uint8Array(TIME_BYTES + SIGNATURE_BYTES);
  new DataView(blob.buffer).setBigUint64(0, time);
  blob.set(signature, TIME_BYTES);
  return blob;
}

/** Verifies version 1 cosignatures, whatever their time: the reader of a note judges that. */
export function cosignatureVerifier(ed25519: Ed25519Verifier, key: VerifierKey): NoteVerifier {
  if (key.type !== COSIGNATURE_V1) throw new TlogError('ERR_TLOG_KEY', `${keyOf(key)} is not a key for cosignatures`);
  return {
    name: key.name,
    keyId: key.keyId,
    verify(text, blob) {
      if (blob.length !== TIME_BYTES + SIGNATURE_BYTES) return false;
      const { time, signature } = parseCosignature(blob);
      return ed25519.verify(key.publicKey, cosignedMessage(time, text), signature);
    },
  };
}

/** Cosigns checkpoints as a witness does; `time` gives seconds since the Epoch. */
export function cosigner(hash: Hash, name: string, signer: Ed25519Signer, time: () => bigint): NoteSigner {
  const { keyId } = verifierKey(hash, name, COSIGNATURE_V1, signer.publicKey);
  return {
    name,
    keyId,
    sign(text) {
      const now = time();
      return formatCosignature({ time: now, signature: signer.sign(cosignedMessage(now, text)) });
    },
  };
}

function malformed(what: string): TlogError {
  return new TlogError('ERR_TLOG_COSIGNATURE', `malformed cosignature: ${what}`);
}
