// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64, equalBytes, TlogError } from '@countersign/tlog';
import { RecordingError } from './recording-error.ts';

/** What stands in the clear: which recording this is, and what its keys are made with. */
export interface RecordingHeader {
  /** Id of the stream. */
  readonly recording: string;
  readonly exchange: string;
  readonly session: string;
  /** Id of the session's key in the key table. */
  readonly key: string;
  /** RFC 3339, UTC, microseconds: when the recording began. */
  readonly started: string;
  /** 32 random bytes, of this recording alone. */
  readonly salt: Uint8Array;
  /** 32 bytes that follow from key and salt: which key opens the recording. */
  readonly check: Uint8Array;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const SALT_BYTES = 32;

/**
 * The header's bytes: JSON, members in the order of their names, no white space.
 * @throws RecordingError `ERR_RECORDING_FRAME` when a member is not valid
 */
export function encodeHeader(header: RecordingHeader): Uint8Array {
  if (!isValid(header)) throw new RecordingError('ERR_RECORDING_FRAME', 'the header is not valid');
  const { check, exchange, key, recording, salt, session, started } = header;
  const members = { check: encodeBase64(check), exchange, key, recording, salt: encodeBase64(salt), session, started };
  return new TextEncoder().encode(JSON.stringify({ ...members, v: 1 }));
}

/** What a header says; undefined when it is none, or in another spelling. */
export function parseHeader(payload: Uint8Array): RecordingHeader | undefined {
  try {
    const { check, salt, v: _, ...texts } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    const header = { ...texts, check: decodeBase64(check), salt: decodeBase64(salt) } as RecordingHeader;
    return isValid(header) && equalBytes(encodeHeader(header), payload) ? header : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError || cause instanceof TlogError) return undefined;
    throw cause;
  }
}

function isValid({ check, exchange, key, recording, salt, session, started }: RecordingHeader): boolean {
  const texts: readonly unknown[] = [exchange, key, recording, session, started];
  if (!texts.every((text) => typeof text === 'string')) return false;
  const isNamed = [exchange, key, recording].every((id) => UUID.test(id)) && session.length <= 128;
  return isNamed && TIMESTAMP.test(started) && salt.length === SALT_BYTES && check.length === SALT_BYTES;
}
