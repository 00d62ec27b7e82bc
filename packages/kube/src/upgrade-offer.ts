// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { Lane } from './request.ts';
import { isWebSocketKey } from './websocket/handshake.ts';

type HeaderLines = readonly (readonly [name: string, value: string])[];

/** What a caller asks to switch to, and the stream protocols that it offers there. */
export type UpgradeOffer =
  | { readonly transport: 'websocket'; readonly key: string; readonly protocols: readonly string[] }
  | { readonly transport: 'spdy'; readonly protocols: readonly string[] };

/** How the streams of one connection are told apart. */
export type StreamFraming = 'channels-v4' | 'channels-v5' | 'spdy' | 'tunnelled-spdy' | 'port-channels';

/** The stream protocol that was agreed on. */
export interface StreamProtocol {
  /** As it stands in the header of the 101. */
  readonly name: string;
  readonly framing: StreamFraming;
}

const channelsV5: StreamProtocol = { name: 'v5.channel.k8s.io', framing: 'channels-v5' };
const channelsV4: StreamProtocol = { name: 'v4.channel.k8s.io', framing: 'channels-v4' };

/** What is spoken, best first. The older versions have no exit codes, the base64 ones a second reading of each byte. */
const spoken: Readonly<
  Record<'exec' | 'portforward', Readonly<Record<UpgradeOffer['transport'], readonly StreamProtocol[]>>>
> = {
  exec: {
    websocket: [channelsV5, channelsV4],
    spdy: [
      { name: channelsV5.name, framing: 'spdy' },
      { name: channelsV4.name, framing: 'spdy' },
    ],
  },
  portforward: {
    websocket: [
      { name: 'SPDY/3.1+portforward.k8s.io', framing: 'tunnelled-spdy' },
      { name: channelsV4.name, framing: 'port-channels' },
    ],
    spdy: [{ name: 'portforward.k8s.io', framing: 'spdy' }],
  },
};

const MAX_PROTOCOLS = 32;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z/]+$/;

/** A credential in a list of protocols. It is nobody's protocol: never chosen, sent on or named. */
const BEARER = 'base64url.bearer.authorization.k8s.io.';

/**
 * Reads what a request asks to switch to. A credential that stands among the protocols is left out of the offer.
 * @throws KubeError `ERR_KUBE_UPGRADE`
 * @see RFC 9110 §7.8, RFC 6455 §4.2.1
 */
export function parseUpgradeOffer(method: string, headers: HeaderLines): UpgradeOffer {
  const upgrade = only(headers, 'upgrade').toLowerCase();
  const connection = only(headers, 'connection').toLowerCase().split(',').map(trimmed);
  if (!connection.includes('upgrade') || connection.some((token) => token !== 'upgrade' && token !== 'keep-alive'))
    throw badUpgrade('Connection must say Upgrade, and may say keep-alive beside it');
  if (upgrade === 'spdy/3.1') {
    if (method !== 'POST' && method !== 'GET') throw badUpgrade('SPDY is asked for with POST');
    return { transport: 'spdy', protocols: offered(headers, 'x-stream-protocol-version') };
  }
  if (upgrade !== 'websocket') throw badUpgrade('Upgrade must be websocket or SPDY/3.1');
  if (method !== 'GET') throw badUpgrade('WebSocket is asked for with GET');
  if (only(headers, 'sec-websocket-version') !== '13') throw badUpgrade('Sec-WebSocket-Version must be 13');
  const key = only(headers, 'sec-websocket-key');
  if (!isWebSocketKey(key)) throw badUpgrade('Sec-WebSocket-Key must be base64 of 16 bytes');
  return { transport: 'websocket', key, protocols: offered(headers, 'sec-websocket-protocol') };
}

/**
 * Chooses the best of the protocols that are offered and spoken.
 * @throws KubeError `ERR_KUBE_STREAM_PROTOCOL`, naming what is spoken
 */
export function chooseStreamProtocol(lane: Extract<Lane, 'exec' | 'portforward'>, offer: UpgradeOffer): StreamProtocol {
  const choices = spoken[lane][offer.transport];
  const chosen = choices.find(({ name }) => offer.protocols.includes(name));
  if (chosen !== undefined) return chosen;
  const names = choices.map(({ name }) => name).join(', ');
  throw new KubeError(
    'ERR_KUBE_STREAM_PROTOCOL',
    `none of the offered stream protocols is spoken here; these are: ${names}`,
  );
}

function only(headers: HeaderLines, name: string): string {
  const values = headers.filter(([other]) => other === name);
  if (values.length !== 1) throw badUpgrade(`the header ${name} must stand exactly once`);
  return (values[0] as readonly [string, string])[1].trim();
}

function offered(headers: HeaderLines, name: string): string[] {
  const lines = headers.filter(([other]) => other === name).map(([, value]) => value);
  const protocols = lines.flatMap((line) => line.split(',').map(trimmed));
  if (protocols.length > MAX_PROTOCOLS || !protocols.every((protocol) => TOKEN.test(protocol)))
    throw badUpgrade(`the header ${name} must be a list of at most ${MAX_PROTOCOLS} names`);
  return protocols.filter((protocol) => !protocol.startsWith(BEARER));
}

function trimmed(text: string): string {
  return text.trim();
}

function badUpgrade(why: string): KubeError {
  return new KubeError('ERR_KUBE_UPGRADE', `the request for an upgrade is malformed: ${why}`);
}
