// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type Settings } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { TUNNEL_LIMITS, TUNNEL_PING, watchLiveness } from '@countersign/wire';
import type { UpgradeRequest, UpgradeResponse, UpstreamRequest, UpstreamResponse } from './clusters.ts';
import { TunnelRefusedError } from './tunnel-error.ts';
import type { ConnectorIdentity, TunnelEnd } from './tunnel-event.ts';
import { exchange, exchangeUpgrade } from './tunnel-exchange.ts';

const SETTINGS_TIMEOUT_MS = 10_000;

/** One connector's open tunnel, the gateway's end. */
export interface Tunnel {
  /** A UUID. */
  readonly id: string;
  readonly identity: ConnectorIdentity;
  readonly version: string;
  readonly since: string;
  /** Streams under way. */
  readonly streams: number;
  /** False once the connector has said that it is leaving: what is under way goes on, nothing new starts. */
  readonly isOpen: boolean;
  /** True when no further stream fits. */
  readonly isFull: boolean;
  request(request: UpstreamRequest): Promise<UpstreamResponse>;
  upgrade(request: UpgradeRequest): Promise<UpgradeResponse>;
  /** Lets what is under way finish, then closes. */
  drain(): void;
  /** Cuts it with everything in it. The first reason given is the one reported. */
  end(reason: TunnelEnd): void;
  /** Resolves when the tunnel is gone, with why. */
  readonly ended: Promise<TunnelEnd>;
}

/**
 * Makes a tunnel of a socket that has switched: HTTP/2 client on a connection that the peer dialled. Nothing may be
 * left to be written on the socket (Node aborts the process when it takes over a socket with a write under way).
 * @throws TunnelRefusedError `ERR_TUNNEL_REQUEST` when the peer does not speak HTTP/2 with extended CONNECT in 10 s
 */
export async function openTunnel(
  socket: TLSSocket,
  peer: { readonly identity: ConnectorIdentity; readonly version: string },
  now: () => Date,
): Promise<Tunnel> {
  const session = connect(`https://${peer.identity.cluster}`, {
    createConnection: () => socket,
    maxSessionMemory: TUNNEL_LIMITS.maxSessionMemoryMb,
    maxHeaderListPairs: TUNNEL_LIMITS.maxHeaderPairs,
    maxSendHeaderBlockLength: TUNNEL_LIMITS.maxHeaderListBytes,
    settings: {
      enablePush: false,
      initialWindowSize: TUNNEL_LIMITS.streamWindowBytes,
      maxFrameSize: TUNNEL_LIMITS.maxFrameBytes,
      maxHeaderListSize: TUNNEL_LIMITS.maxHeaderListBytes,
    },
  });
  session.on('error', () => {});
  try {
    const [settings] = await once(session, 'remoteSettings', { signal: AbortSignal.timeout(SETTINGS_TIMEOUT_MS) });
    if (!settings.enableConnectProtocol) throw new TypeError('extended CONNECT is not allowed');
    session.setLocalWindowSize(TUNNEL_LIMITS.sessionWindowBytes);
  } catch (cause) {
    session.destroy();
    socket.destroy();
    throw new TunnelRefusedError('ERR_TUNNEL_REQUEST', 'the connector does not speak HTTP/2 as version 1 asks', {
      cause,
    });
  }
  return liveTunnel(session, socket, { ...peer, id: randomUUID(), since: now().toISOString() });
}

function streamLimit({ maxConcurrentStreams = Number.POSITIVE_INFINITY }: Settings): number {
  return Math.min(TUNNEL_LIMITS.maxStreams, maxConcurrentStreams);
}

function liveTunnel(
  session: ClientHttp2Session,
  socket: TLSSocket,
  facts: Pick<Tunnel, 'id' | 'identity' | 'version' | 'since'>,
): Tunnel {
  let streams = 0;
  let reason: TunnelEnd | undefined;
  let leaving = false;
  const end = (why: TunnelEnd): void => {
    reason ??= why;
    session.destroy();
    socket.destroy();
  };
  const stopPinging = watchLiveness(TUNNEL_PING, {
    ping: (answered) => void session.ping((error) => error ?? answered()),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    silent: () => end('silent'),
  });
  session.on('goaway', () => {
    leaving = true;
  });
  let maxStreams = streamLimit(session.remoteSettings);
  session.on('remoteSettings', (settings) => {
    maxStreams = streamLimit(settings);
  });
  session.on('error', () => {
    reason ??= 'cut';
  });
  session.on('stream', (stream) => stream.close());
  const ended = new Promise<TunnelEnd>((resolve) => {
    session.once('close', () => {
      stopPinging();
      resolve(reason ?? (leaving ? 'closed-by-connector' : 'cut'));
    });
  });
  const counted = <T>(
    opened: Promise<T>,
    stream: (answer: T) => { once(event: 'close', then: () => void): unknown },
  ) => {
    streams += 1;
    const release = () => {
      streams -= 1;
    };
    return opened.then(
      (answer) => {
        stream(answer).once('close', release);
        return answer;
      },
      (error: unknown) => {
        release();
        throw error;
      },
    );
  };
  return {
    ...facts,
    ended,
    end,
    get streams() {
      return streams;
    },
    get isOpen() {
      return !leaving && !session.closed && !session.destroyed;
    },
    get isFull() {
      return streams >= maxStreams;
    },
    request: async (request) => counted(exchange(session, facts.identity.cluster, request), ({ body }) => body),
    upgrade: async (request) =>
      counted(exchangeUpgrade(session, facts.identity.cluster, request), (answer) =>
        answer.switched ? answer.stream : answer.body,
      ),
    drain() {
      reason ??= 'gateway-stopping';
      session.close();
    },
  };
}
