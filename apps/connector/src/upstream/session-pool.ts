// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { TUNNEL_LIMITS, watchLiveness } from '@countersign/wire';
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential } from '../credential/cluster-credential.ts';
import { authorityOf, connectUpstream } from './connect.ts';

/** Short calls and streams that stay have sessions of their own, so that neither waits for the other. */
export type SessionUse = 'short' | 'long';

/** As client-go: an API server that has been silent for 30 s is asked, and has 15 s to answer. */
const PING = { intervalMs: 30_000, timeoutMs: 15_000 } as const;
const MAX_SESSIONS = 256;
const IDLE_MS = 90_000;
/** Part of what the API server allows that one session is filled to. */
const FILL = 0.8;

/** A place in a session. */
export interface Lease {
  readonly session: ClientHttp2Session;
  /** Must be called once, when the stream is over. */
  release(): void;
}

/** HTTP/2 sessions to one API server with one client identity. */
export interface SessionPool {
  /**
   * A session with room for one more stream; undefined when the API server does not speak HTTP/2.
   * @throws UpstreamError `upstream-unreachable`, `upstream-untrusted`, `upstream-busy`
   */
  lease(use: SessionUse): Promise<Lease | undefined>;
  /** Lets streams under way finish; nothing new starts. */
  drain(): void;
}

interface Entry {
  readonly session: ClientHttp2Session;
  readonly use: SessionUse;
  leased: number;
}

/** An empty pool; sessions open as they are needed and close after 90 s without a stream. */
export function sessionPool(credential: ClusterCredential): SessionPool {
  const entries = new Set<Entry>();
  const opening = new Map<SessionUse, Promise<boolean>>();
  const open = async (use: SessionUse): Promise<boolean> => {
    if (entries.size >= MAX_SESSIONS) throw new UpstreamError('upstream-busy', false);
    const session = await openSession(credential);
    if (!session) return false;
    const entry: Entry = { session, use, leased: 0 };
    entries.add(entry);
    session.once('goaway', () => entries.delete(entry));
    session.once('close', () => entries.delete(entry));
    session.setTimeout(IDLE_MS, () => {
      if (entry.leased > 0) return;
      entries.delete(entry);
      session.close();
    });
    return true;
  };
  const openOnce = (use: SessionUse): Promise<boolean> => {
    const pending = opening.get(use) ?? open(use).finally(() => opening.delete(use));
    opening.set(use, pending);
    return pending;
  };
  return {
    async lease(use) {
      for (;;) {
        const entry = roomiest([...entries].filter((candidate) => candidate.use === use));
        if (entry) return leaseOf(entry);
        if (!(await openOnce(use))) return undefined;
      }
    },
    drain() {
      for (const { session } of entries) session.close();
      entries.clear();
    },
  };
}

function leaseOf(entry: Entry): Lease {
  entry.leased += 1;
  let held = true;
  return {
    session: entry.session,
    release() {
      if (held) entry.leased -= 1;
      held = false;
    },
  };
}

function roomiest(candidates: readonly Entry[]): Entry | undefined {
  return candidates
    .filter(({ session, leased }) => !session.closed && !session.destroyed && leased < capacity(session))
    .reduce<Entry | undefined>((best, entry) => (best && best.leased <= entry.leased ? best : entry), undefined);
}

function capacity(session: ClientHttp2Session): number {
  return Math.max(1, Math.floor((session.remoteSettings.maxConcurrentStreams ?? 100) * FILL));
}

async function openSession(credential: ClusterCredential): Promise<ClientHttp2Session | undefined> {
  const socket = await connectUpstream(credential, ['h2', 'http/1.1']);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return undefined;
  }
  const session = connectHttp2(`https://${authorityOf(credential)}`, {
    createConnection: () => socket,
    maxSessionMemory: TUNNEL_LIMITS.maxSessionMemoryMb,
    maxSendHeaderBlockLength: TUNNEL_LIMITS.maxHeaderListBytes,
    maxHeaderListPairs: TUNNEL_LIMITS.maxHeaderPairs,
    settings: {
      enablePush: false,
      initialWindowSize: TUNNEL_LIMITS.streamWindowBytes,
      maxFrameSize: TUNNEL_LIMITS.maxFrameBytes,
    },
  });
  session.on('error', () => {});
  session.once('connect', () => session.setLocalWindowSize(TUNNEL_LIMITS.sessionWindowBytes));
  const stopPinging = watchLiveness(PING, {
    ping: (answered) => void session.ping((error) => error ?? answered()),
    after: (ms, then) => {
      const timer = setTimeout(then, ms).unref();
      return () => clearTimeout(timer);
    },
    silent() {
      session.destroy();
      socket.destroy();
    },
  });
  session.once('close', stopPinging);
  await new Promise<void>((resolve, reject) => {
    session.once('remoteSettings', () => resolve());
    session.once('close', () => reject(new UpstreamError('upstream-unreachable', false)));
  });
  return session;
}
