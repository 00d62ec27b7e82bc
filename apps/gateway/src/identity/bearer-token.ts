// SPDX-License-Identifier: Apache-2.0
import { type Refused, refused } from './authentication.ts';

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const SUBPROTOCOL_PREFIX = 'base64url.bearer.authorization.k8s.io.';

/**
 * Takes the token from the one place where it may stand: exactly one `Authorization: Bearer …` line.
 * `lines` MUST be the lines as they came (`rawHeaders` in pairs): Node's joined view hides a second Authorization.
 * A token that travels as a WebSocket subprotocol is refused, also beside a good header.
 * @see RFC 6750 §2.1
 */
export function bearerToken(
  lines: readonly (readonly [name: string, value: string])[],
): { readonly kind: 'token'; readonly token: string } | Refused {
  const authorization: string[] = [];
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    if (lower === 'authorization') authorization.push(value);
    if (lower === 'sec-websocket-protocol' && value.includes(SUBPROTOCOL_PREFIX)) {
      return refused('credential-in-subprotocol');
    }
  }
  const [value, ...more] = authorization;
  if (value === undefined) return refused('no-credential');
  if (more.length > 0) return refused('several-credentials');
  const token = BEARER.exec(value)?.[1];
  return token === undefined ? refused('not-bearer') : { kind: 'token', token };
}
