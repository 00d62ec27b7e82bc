// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';

/** SHA-1 as the embedder has it, 20 bytes of any input: the handshake asks for no more than a checksum of it. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Whether this is base64 of 16 bytes, in its one canonical form. */
export function isWebSocketKey(text: string): boolean {
  return KEY.test(text);
}

/** The `Sec-WebSocket-Key` of 16 random bytes. */
export function encodeWebSocketKey(random: Uint8Array): string {
  return btoa(String.fromCharCode(...random));
}

/** The `Sec-WebSocket-Accept` that answers a key (RFC 6455 §4.2.2). */
export function webSocketAccept(key: string, sha1: Sha1): string {
  return btoa(String.fromCharCode(...sha1(new TextEncoder().encode(key + ACCEPT_SUFFIX))));
}

/**
 * Checks a server's 101 against what was asked for: the key's own accept, the very sub-protocol that was offered, no
 * extension.
 * @throws KubeError `ERR_KUBE_UPGRADE`
 * @see RFC 6455 §4.1
 */
export function checkWebSocketAnswer(
  headers: readonly (readonly [name: string, value: string])[],
  asked: { readonly key: string; readonly protocol: string },
  sha1: Sha1,
): void {
  const only = (name: string): string | undefined => {
    const values = headers.filter(([other]) => other === name).map(([, value]) => value.trim());
    return values.length === 1 ? values[0] : undefined;
  };
  if (only('sec-websocket-accept') !== webSocketAccept(asked.key, sha1))
    throw new KubeError('ERR_KUBE_UPGRADE', 'the answer to a WebSocket handshake is not to this handshake');
  if (
    only('sec-websocket-protocol') !== asked.protocol ||
    headers.some(([name]) => name === 'sec-websocket-extensions')
  )
    throw new KubeError('ERR_KUBE_UPGRADE', 'the answer to a WebSocket handshake agrees to what was not asked for');
}
