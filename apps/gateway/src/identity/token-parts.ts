// SPDX-License-Identifier: Apache-2.0
import { type Refused, refused } from './authentication.ts';
import { type JsonObject, member, parseJsonObject } from './json-document.ts';

/** Longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_HEADER_DEPTH = 4;
const MAX_PAYLOAD_DEPTH = 10;
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A token taken apart, nothing of it believed yet. Keys and key URLs that its header carries are never looked at. */
export interface TokenParts {
  readonly kind: 'parts';
  readonly algorithm: string;
  readonly keyId: string | undefined;
  /** Lower-case, without `application/`; undefined when absent. */
  readonly type: string | undefined;
  readonly payload: JsonObject;
}

function decodePart(part: string): Uint8Array | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function readType(header: JsonObject): string | undefined {
  const type = member(header, 'typ');
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : undefined;
}

function readHeader(header: JsonObject): Omit<TokenParts, 'kind' | 'payload'> | Refused {
  const algorithm = member(header, 'alg');
  const keyId = member(header, 'kid');
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return refused('critical-header');
  if (typeof algorithm !== 'string') return refused('algorithm');
  if (keyId !== undefined && typeof keyId !== 'string') return refused('malformed');
  if (Object.hasOwn(header, 'typ') && typeof member(header, 'typ') !== 'string') return refused('type');
  // A nested token's inner claims were signed by somebody else than its outer header says (RFC 7519 §5.2).
  if (Object.hasOwn(header, 'cty')) return refused('malformed');
  return { algorithm, keyId, type: readType(header) };
}

/**
 * Takes a JWS in compact form apart: three canonical base64url parts, header and payload single JSON objects without
 * repeated members. Any critical header is refused, as none is understood here.
 * @see RFC 7515 §7.1, §4.1.11; RFC 8725 §3
 */
export function parseToken(token: string): TokenParts | Refused {
  if (token.length > MAX_TOKEN_LENGTH) return refused('too-large');
  if (!COMPACT.test(token)) return refused('malformed');
  const [header, payload, signature] = token.split('.').map(decodePart);
  if (!header || !payload || !signature) return refused('malformed');
  const headerObject = parseJsonObject(header, { maxDepth: MAX_HEADER_DEPTH });
  const payloadObject = parseJsonObject(payload, { maxDepth: MAX_PAYLOAD_DEPTH });
  if (!headerObject || !payloadObject) return refused('malformed');
  const read = readHeader(headerObject);
  return 'kind' in read ? read : { kind: 'parts', ...read, payload: payloadObject };
}
