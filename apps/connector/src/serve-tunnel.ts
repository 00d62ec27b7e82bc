// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { performServerHandshake } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { TUNNEL_LIMITS, TUNNEL_PING, watchLiveness } from '@countersign/wire';
import { forward } from './forward.ts';
import type { ApiServer } from './upstream/api-server.ts';

/** One open tunnel, the connector's end. */
export interface ServedTunnel {
  /** Tells the gateway to send nothing new, lets what is under way finish, then closes. */
  drain(): void;
  /** Cuts it with everything in it. */
  end(): void;
  /** Resolves when the tunnel is gone. */
  readonly ended: Promise<'drained' | 'silent' | 'cut'>;
}

/** Serves HTTP/2 on a socket that this side dialled: the gateway opens streams, each becomes a request upstream. */
export async function serveTunnel(
  socket: TLSSocket,
  api: ApiServer,
  failed: (error: unknown) => void,
): Promise<ServedTunnel> {
  // Node aborts the process when HTTP/2 takes over a socket with a write under way.
  if (socket.writableLength > 0) await once(socket, 'drain');
  const session = performServerHandshake(socket, {
    maxSessionMemory: TUNNEL_LIMITS.maxSessionMemoryMb,
    maxHeaderListPairs: TUNNEL_LIMITS.maxHeaderPairs,
    maxSendHeaderBlockLength: TUNNEL_LIMITS.maxHeaderListBytes,
    streamResetBurst: TUNNEL_LIMITS.streamResets,
    streamResetRate: TUNNEL_LIMITS.streamResets,
    settings: {
      enableConnectProtocol: true,
      initialWindowSize: TUNNEL_LIMITS.streamWindowBytes,
      maxConcurrentStreams: TUNNEL_LIMITS.maxStreams,
      maxFrameSize: TUNNEL_LIMITS.maxFrameBytes,
      maxHeaderListSize: TUNNEL_LIMITS.maxHeaderListBytes,
    },
  });
  let reason: 'drained' | 'silent' | 'cut' = 'cut';
  const end = () => {
    session.destroy();
    socket.destroy();
  };
  session.setLocalWindowSize(TUNNEL_LIMITS.sessionWindowBytes);
  session.on('error', () => {});
  session.on('stream', (stream, headers, flags, raw) => void forward(api, stream, headers, flags, raw, failed));
  const stopPinging = watchLiveness(TUNNEL_PING, {
    ping: (answered) => void session.ping((error) => error ?? answered()),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    silent() {
      reason = 'silent';
      end();
    },
  });
  const ended = new Promise<'drained' | 'silent' | 'cut'>((resolve) => {
    session.once('close', () => {
      stopPinging();
      socket.destroy();
      resolve(reason);
    });
  });
  return {
    ended,
    end,
    drain() {
      reason = 'drained';
      session.close();
    },
  };
}
