// SPDX-License-Identifier: Apache-2.0
import { concatBytes, equalBytes } from '@countersign/tlog';
import type { RecordingHeader } from './header.ts';
import type { RecordingCrypto } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';

/** Keys of one recording. */
export interface RecordingKeys {
  readonly encryption: Uint8Array;
  /** Gives each chunk its salt. */
  readonly commitment: Uint8Array;
  /** Stands in the header: a recording has one key that opens it. */
  readonly check: Uint8Array;
}

type Hmac = Pick<RecordingCrypto, 'hmacSha256'>;

/**
 * HKDF-SHA-256 of a session's key and a recording's salt: one extraction, three expansions of 32 bytes.
 * @see https://www.rfc-editor.org/rfc/rfc5869
 */
export function deriveKeys(crypto: Hmac, key: Uint8Array, salt: Uint8Array): RecordingKeys {
  const extracted = crypto.hmacSha256(salt, key);
  const expand = (use: string) => {
    const info = new TextEncoder().encode(`countersign-recording-v1 ${use}`);
    return crypto.hmacSha256(extracted, concatBytes(info, Uint8Array.of(1)));
  };
  return { encryption: expand('encryption'), commitment: expand('commitment'), check: expand('check') };
}

/**
 * The keys of the recording that has this header.
 * @throws RecordingError `ERR_RECORDING_KEY` when `key` is not its session's
 */
export function keysOf(crypto: Hmac, key: Uint8Array, header: RecordingHeader): RecordingKeys {
  const keys = deriveKeys(crypto, key, header.salt);
  if (equalBytes(keys.check, header.check)) return keys;
  throw new RecordingError('ERR_RECORDING_KEY', 'the key is not the one that the recording was made with');
}
