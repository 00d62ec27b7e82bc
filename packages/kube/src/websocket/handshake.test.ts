// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checkWebSocketAnswer, encodeWebSocketKey, isWebSocketKey, webSocketAccept } from './handshake.ts';

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const protocol = 'v5.channel.k8s.io';

test('the key of RFC 6455 §1.3 is answered as shown there', () => {
  assert.equal(webSocketAccept(key, sha1), accept);
  assert.equal(encodeWebSocketKey(new TextEncoder().encode('the sample nonce')), key);
});

test('a key is base64 of 16 bytes, written one way', () => {
  assert.ok(isWebSocketKey(key));
  for (const bad of [
    '',
    'dGhlIHNhbXBsZSBub25jZQ',
    'dGhlIHNhbXBsZSBub25jZR==',
    'dGhlIHNhbXBsZSBub25j',
    `${key}=`,
    `${key}\n`,
  ])
    assert.equal(isWebSocketKey(bad), false, bad);
});

test('the answer to this very handshake is taken', () => {
  const headers = [
    ['sec-websocket-accept', accept],
    ['sec-websocket-protocol', protocol],
    ['audit-id', 'x'],
  ] as const;
  checkWebSocketAnswer(headers, { key, protocol }, sha1);
});

const wrong: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'no accept': [['sec-websocket-protocol', protocol]],
  'the accept of another key': [
    ['sec-websocket-accept', webSocketAccept('AAAAAAAAAAAAAAAAAAAAAA==', sha1)],
    ['sec-websocket-protocol', protocol],
  ],
  'two accepts': [
    ['sec-websocket-accept', accept],
    ['sec-websocket-accept', accept],
    ['sec-websocket-protocol', protocol],
  ],
  'no protocol': [['sec-websocket-accept', accept]],
  'another protocol': [
    ['sec-websocket-accept', accept],
    ['sec-websocket-protocol', 'v4.channel.k8s.io'],
  ],
  'an extension': [
    ['sec-websocket-accept', accept],
    ['sec-websocket-protocol', protocol],
    ['sec-websocket-extensions', 'permessage-deflate'],
  ],
};

for (const [name, headers] of Object.entries(wrong)) {
  test(`an answer with ${name} is refused`, () => {
    assert.throws(() => checkWebSocketAnswer(headers, { key, protocol }, sha1), { code: 'ERR_KUBE_UPGRADE' });
  });
}
