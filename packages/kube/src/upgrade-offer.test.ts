// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError } from './error.ts';
import { chooseStreamProtocol, parseUpgradeOffer } from './upgrade-offer.ts';

type Headers = Readonly<Record<string, string | readonly string[]>>;

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const webSocket: Headers = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': key,
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};
const spdy: Headers = {
  connection: 'Upgrade',
  upgrade: 'SPDY/3.1',
  'x-stream-protocol-version': ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'channel.k8s.io'],
};

function lines(headers: Headers): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each): [string, string] => [name, each]),
  );
}

function choose(lane: 'exec' | 'portforward', method: string, headers: Headers) {
  const offer = parseUpgradeOffer(method, lines(headers));
  return `${offer.transport} ${chooseStreamProtocol(lane, offer).name}`;
}

const chosen: readonly [lane: 'exec' | 'portforward', method: string, headers: Headers, chosen: string][] = [
  ['exec', 'GET', webSocket, 'websocket v5.channel.k8s.io'],
  [
    'exec',
    'GET',
    { ...webSocket, 'sec-websocket-protocol': 'v4.channel.k8s.io, v5.channel.k8s.io' },
    'websocket v5.channel.k8s.io',
  ],
  [
    'exec',
    'GET',
    { ...webSocket, 'sec-websocket-protocol': ['v4.channel.k8s.io', 'v3.channel.k8s.io'] },
    'websocket v4.channel.k8s.io',
  ],
  [
    'exec',
    'GET',
    { ...webSocket, connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' },
    'websocket v5.channel.k8s.io',
  ],
  ['exec', 'POST', spdy, 'spdy v5.channel.k8s.io'],
  ['exec', 'POST', { ...spdy, 'x-stream-protocol-version': 'v4.channel.k8s.io' }, 'spdy v4.channel.k8s.io'],
  [
    'portforward',
    'GET',
    { ...webSocket, 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' },
    'websocket SPDY/3.1+portforward.k8s.io',
  ],
  [
    'portforward',
    'GET',
    { ...webSocket, 'sec-websocket-protocol': 'v4.channel.k8s.io' },
    'websocket v4.channel.k8s.io',
  ],
  ['portforward', 'POST', { ...spdy, 'x-stream-protocol-version': 'portforward.k8s.io' }, 'spdy portforward.k8s.io'],
];

for (const [lane, method, headers, expected] of chosen) {
  test(`${lane}: ${lines(headers)
    .map((line) => line.join(': '))
    .join('; ')} gives ${expected}`, () => {
    assert.equal(choose(lane, method, headers), expected);
  });
}

const unspoken: readonly (readonly [lane: 'exec' | 'portforward', method: string, headers: Headers])[] = [
  ...[
    'channel.k8s.io',
    'v2.channel.k8s.io',
    'v3.channel.k8s.io',
    'base64.channel.k8s.io',
    'v4.base64.channel.k8s.io',
    'v6.channel.k8s.io',
    'V5.channel.k8s.io',
    'SPDY/3.1+portforward.k8s.io',
  ].map((protocol) => ['exec', 'GET', { ...webSocket, 'sec-websocket-protocol': protocol }] as const),
  ['portforward', 'GET', webSocket],
  ['portforward', 'POST', spdy],
  ['exec', 'POST', { connection: 'Upgrade', upgrade: 'SPDY/3.1' }],
  ['exec', 'POST', { ...spdy, 'x-stream-protocol-version': 'channel.k8s.io' }],
];

for (const [lane, method, headers] of unspoken) {
  test(`${lane}: ${lines(headers)
    .map((line) => line.join(': '))
    .join('; ')} agrees on nothing`, () => {
    assert.throws(() => choose(lane, method, headers), { code: 'ERR_KUBE_STREAM_PROTOCOL', message: /k8s\.io/ });
  });
}

const malformed: readonly [why: string, method: string, headers: Headers][] = [
  ['no Upgrade', 'GET', { connection: 'Upgrade' }],
  ['two lines of Upgrade', 'GET', { ...webSocket, upgrade: ['websocket', 'SPDY/3.1'] }],
  ['a list of upgrades', 'GET', { ...webSocket, upgrade: 'websocket, SPDY/3.1' }],
  ['another upgrade', 'GET', { ...webSocket, upgrade: 'h2c' }],
  ['SPDY/3', 'POST', { ...spdy, upgrade: 'SPDY/3' }],
  ['no Connection', 'GET', { ...webSocket, connection: [] }],
  ['two lines of Connection', 'GET', { ...webSocket, connection: ['Upgrade', 'Upgrade'] }],
  ['another token in Connection', 'GET', { ...webSocket, connection: 'Upgrade, Impersonate-User' }],
  ['a token that only contains Upgrade', 'GET', { ...webSocket, connection: 'keep-alive, x-upgrade-y' }],
  ['WebSocket by POST', 'POST', webSocket],
  ['SPDY by PUT', 'PUT', spdy],
  ['version 8', 'GET', { ...webSocket, 'sec-websocket-version': '8' }],
  ['no version', 'GET', { ...webSocket, 'sec-websocket-version': [] }],
  ['no key', 'GET', { ...webSocket, 'sec-websocket-key': [] }],
  ['two keys', 'GET', { ...webSocket, 'sec-websocket-key': [key, key] }],
  ['a short key', 'GET', { ...webSocket, 'sec-websocket-key': 'AAAA' }],
  ['a protocol that is no name', 'GET', { ...webSocket, 'sec-websocket-protocol': 'v5.channel.k8s.io,' }],
  ['a protocol with blanks in it', 'GET', { ...webSocket, 'sec-websocket-protocol': 'v5 channel' }],
  ['33 protocols', 'GET', { ...webSocket, 'sec-websocket-protocol': Array(33).fill('v5.channel.k8s.io').join(',') }],
];

for (const [why, method, headers] of malformed) {
  test(`${why} is refused`, () => {
    assert.throws(() => parseUpgradeOffer(method, lines(headers)), { code: 'ERR_KUBE_UPGRADE' });
  });
}

test('a credential among the protocols is no part of the offer, nor of any message', () => {
  const secret = 'c2VjcmV0LXRva2Vu';
  const bearer = `base64url.bearer.authorization.k8s.io.${secret}`;
  const offer = parseUpgradeOffer(
    'GET',
    lines({ ...webSocket, 'sec-websocket-protocol': `${bearer}, v5.channel.k8s.io` }),
  );
  assert.deepEqual(offer.protocols, ['v5.channel.k8s.io']);
  for (const protocols of [bearer, `${bearer}, v3.channel.k8s.io`, `${bearer},,`]) {
    assert.throws(
      () => choose('exec', 'GET', { ...webSocket, 'sec-websocket-protocol': protocols }),
      (error: unknown) => error instanceof KubeError && !error.message.includes(secret),
    );
  }
});
