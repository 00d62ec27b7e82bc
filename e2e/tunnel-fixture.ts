// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type HeaderLines,
  openSqliteStore,
  openTunnels,
  type Store,
  type TunnelEvent,
  type Tunnels,
  type UpstreamResponse,
} from '@countersign/gateway';

const WAIT_MS = 60_000;
const CONNECTOR = fileURLToPath(new URL('../apps/connector/src/main.ts', import.meta.url));

/** Whom the lab's connector may impersonate. */
export const AS_DEMO: HeaderLines = [
  ['impersonate-user', 'countersign:agent:demo'],
  ['impersonate-group', 'countersign:demo'],
  ['accept', 'application/json'],
];

/** A line that the connector process wrote, decoded. */
type ConnectorLine = Readonly<Record<string, unknown>> & { readonly event?: string };

/** The gateway's half of a tunnel with a real store, and real connector processes that dial it. */
export interface TunnelFixture {
  readonly directory: string;
  readonly store: Store;
  readonly tunnels: Tunnels;
  readonly events: readonly TunnelEvent[];
  /** Resolves with the first event, past or to come, that fits. */
  event(fits: (event: TunnelEvent) => boolean): Promise<TunnelEvent>;
  /** Starts the gateway's half again on the same port and store, as after a restart. */
  restart(): Promise<void>;
  connect(options: ConnectOptions): Promise<ConnectorProcess>;
  close(): Promise<void>;
}

interface ConnectOptions {
  readonly kubeconfig: string;
  /** Default: a fresh token for the cluster. */
  readonly token?: string;
  readonly cluster: string;
  /** Default: a directory of its own. */
  readonly state?: string;
  /** Default: the gateway of the fixture. */
  readonly gateways?: readonly string[];
  /** Default: the fixture's CA file. */
  readonly trust?: readonly string[];
}

export interface ConnectorProcess {
  readonly child: ChildProcess;
  readonly state: string;
  readonly lines: readonly ConnectorLine[];
  line(event: string): Promise<ConnectorLine>;
  /** The exit code. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Opens a tunnel listener for clusters of these names. */
export async function openTunnelFixture(
  clusters: readonly string[],
  options: { readonly certificateLifeMs?: number } = {},
): Promise<TunnelFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-tunnel-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  for (const cluster of clusters) await store.clusters.insert(cluster, { source: 'config', description: '' });
  const events: TunnelEvent[] = [];
  const bell = new EventEmitter();
  const open = (port: number) =>
    openTunnels({
      ...options,
      host: '127.0.0.1',
      port,
      hostnames: ['localhost'],
      gatewayId: 'gw-1',
      store,
      now: () => new Date(),
      async record(event) {
        events.push(event);
        bell.emit('event');
      },
    });
  let tunnels = await open(0);
  await writeFile(join(directory, 'ca.pem'), tunnels.caCertificate);
  const running = new Set<ConnectorProcess>();
  return {
    directory,
    store,
    events,
    get tunnels() {
      return tunnels;
    },
    event: (fits) => first(bell, () => events.find(fits), events),
    async restart() {
      const { port } = tunnels;
      await tunnels.close(0);
      tunnels = await open(port);
    },
    async connect(asked) {
      const token = asked.token ?? (await tunnels.issueJoinToken(asked.cluster));
      const state = asked.state ?? (await mkdtemp(join(directory, 'connector-')));
      const gateways = asked.gateways ?? [`127.0.0.1:${tunnels.port}`];
      const flags = [
        ...gateways.flatMap((gateway) => ['--gateway', gateway]),
        ...(asked.trust ?? ['--ca', join(directory, 'ca.pem')]),
        ...['--state', state, '--kubeconfig', asked.kubeconfig],
      ];
      const started = startConnectorProcess(flags, token, state);
      running.add(started);
      return started;
    },
    async close() {
      await Promise.all([...running].map((connector) => connector.stop()));
      await tunnels.close(0);
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

function startConnectorProcess(flags: readonly string[], token: string, state: string): ConnectorProcess {
  const child = spawn(process.execPath, [CONNECTOR, ...flags], {
    env: { ...process.env, COUNTERSIGN_JOIN_TOKEN: token },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lines: ConnectorLine[] = [];
  const bell = new EventEmitter();
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    lines.push(line.startsWith('{') ? (JSON.parse(line) as ConnectorLine) : { text: line });
    bell.emit('event');
  });
  return {
    child,
    state,
    lines,
    exited,
    line: (event) => first(bell, () => lines.find((line) => line.event === event), lines),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function first<T>(bell: EventEmitter, find: () => T | undefined, seen: readonly unknown[]): Promise<T> {
  const signal = AbortSignal.timeout(WAIT_MS);
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await once(bell, 'event', { signal }).catch(() => assert.fail(`not seen in time; seen: ${JSON.stringify(seen)}`));
  }
}

/** Resolves once the condition holds, asked every 50 ms. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !(await condition()); await delay(50)) {
    assert.ok(Date.now() < end, `not in time: ${what}`);
  }
}

/** A request of the lab's demonstration agent through a tunnel. */
export function ask(
  tunnels: Tunnels,
  cluster: string,
  target: string,
  more: { method?: string; body?: object; headers?: HeaderLines; signal?: AbortSignal } = {},
): Promise<UpstreamResponse> {
  return tunnels.request(cluster, {
    method: more.method ?? 'GET',
    target,
    headers: [...(more.headers ?? AS_DEMO), ...(more.body ? ([['content-type', 'application/json']] as const) : [])],
    body: more.body && Buffer.from(JSON.stringify(more.body)),
    signal: more.signal ?? new AbortController().signal,
  });
}

/** The whole body as text. */
export async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The whole body as JSON, of an answer with this status. */
// biome-ignore lint/suspicious/noExplicitAny: any object of the API
export async function readJson(response: UpstreamResponse, status: number): Promise<any> {
  const text = await readText(response.body);
  assert.equal(response.status, status, text);
  return JSON.parse(text);
}
