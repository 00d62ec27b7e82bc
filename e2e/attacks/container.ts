// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  ChannelDecoder,
  type ChannelEvent,
  encodeChannelData,
  encodeClose,
  WebSocketDecoder,
  webSocketAccept,
} from '@countersign/kube';
import { PORT_PROTOCOL, PortContainer } from './port-container.ts';

const SUCCESS = Buffer.from('{"metadata":{},"status":"Success"}');
const FORBIDDEN =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"Forbidden","code":403}';
const SESSION = /\/pods\/([a-z-]+)\/(?:exec|portforward)(?:\?|$)/;
/** What an echo ends at. */
const LAST = 'bye';

/** How each pod takes an exec: what it answers, before anything that comes behind. */
const ANSWERS: Readonly<Record<string, (accept: string) => readonly string[]>> = {
  echo: (accept) => switched({ accept }),
  ports: (accept) => switched({ accept, protocol: PORT_PROTOCOL }),
  'other-upgrade': (accept) => switched({ accept, upgrade: 'h2c' }),
  'other-accept': () => switched({ accept: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }),
  'other-protocol': (accept) => switched({ accept, protocol: 'v4.base64.channel.k8s.io' }),
  refuses: () => ['HTTP/1.1 403 Forbidden', 'content-type: application/json', `content-length: ${FORBIDDEN.length}`],
  agrees: () => ['HTTP/1.1 200 OK', 'content-type: application/json', 'content-length: 2'],
};
const BODIES: Readonly<Record<string, string>> = { refuses: FORBIDDEN, agrees: '{}' };

function switched({ accept, upgrade = 'websocket', protocol = 'v5.channel.k8s.io' }: Record<string, string>) {
  const agreed = [`sec-websocket-accept: ${accept}`, `sec-websocket-protocol: ${protocol}`];
  return ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', `upgrade: ${upgrade}`, ...agreed];
}

/** Containers of the cluster behind the front: one gives back what it is told, the others answer as no API server does. */
export class Containers {
  /** What was asked of them, by the id of the exchange. */
  readonly exchanges = new Set<string>();
  /** Ports that a connection was opened to, in order. */
  readonly ports: number[] = [];
  readonly #received = new Map<string, Buffer[]>();

  /** Takes a request that wants to switch. */
  take(incoming: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => {});
    this.exchanges.add(String(incoming.headers['audit-id']));
    const pod = SESSION.exec(incoming.url ?? '')?.[1] ?? '';
    const answer = ANSWERS[pod];
    if (answer === undefined) {
      connection.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();
    const accept = webSocketAccept(String(incoming.headers['sec-websocket-key']), sha1);
    connection.write(`${answer(accept).join('\r\n')}\r\n\r\n${BODIES[pod] ?? ''}`);
    if (pod === 'echo') {
      this.#echo(connection, head);
      return;
    }
    if (pod === 'ports') {
      new PortContainer(connection, head, (port) => this.ports.push(port));
      return;
    }
    this.#keep(pod, head);
    connection.on('data', (bytes: Buffer) => this.#keep(pod, bytes));
  }

  /** All that a container was told; of an echo its stdin. */
  receivedBy(pod: string): string {
    return Buffer.concat(this.#received.get(pod) ?? []).toString();
  }

  #keep(pod: string, bytes: Uint8Array): void {
    this.#received.set(pod, [...(this.#received.get(pod) ?? []), Buffer.from(bytes)]);
  }

  #echo(connection: Duplex, head: Buffer): void {
    const frames = new WebSocketDecoder({ peer: 'client' });
    const channels = new ChannelDecoder({ version: 5, side: 'client' });
    const take = (bytes: Uint8Array) => {
      for (const event of frames.push(bytes)) {
        if (event.type === 'data') for (const each of channels.push(event)) this.#answer(connection, each);
      }
    };
    connection.write(encodeChannelData('stdout', Buffer.from('up ')));
    take(head);
    connection.on('data', take);
  }

  #answer(connection: Duplex, event: ChannelEvent): void {
    if (event.type !== 'data' || event.channel !== 'stdin') return;
    this.#keep('echo', event.data);
    connection.write(encodeChannelData('stdout', event.data));
    if (!Buffer.from(event.data).toString().endsWith(LAST)) return;
    connection.write(encodeChannelData('error', SUCCESS));
    connection.end(encodeClose(1000, ''));
  }
}
