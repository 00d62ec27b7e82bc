// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildParts, type Parts } from './build.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { openConsoleListener } from './console/console-listener.ts';
import type { ControlParts } from './control/control-api.ts';
import { openControlListener } from './control/control-listener.ts';
import { EventStreams } from './control/event-streams.ts';
import { type DataListener, openDataListener } from './data/listener.ts';
import { Fault } from './faults.ts';
import { openHealthListener } from './health/health-listener.ts';
import { SlowRefusals } from './limits/slow-refusals.ts';
import { Strangers } from './limits/strangers.ts';
import { UnknownCallers } from './limits/unknown-callers.ts';
import type { OpenListener } from './listen.ts';
import { Challenges } from './passkeys/challenges.ts';
import { passkeysOf } from './passkeys/passkeys.ts';
import { siteOf } from './passkeys/web-authn-site.ts';
import { type ProcessLog, tellServed } from './process-log.ts';
import { refuseUnreadable } from './respond/refuse-unreadable.ts';
import { Turns } from './respond/turns.ts';
import { serveWith } from './serve.ts';
import { openState, statePaths } from './state.ts';
import { loopBudget } from './turn-budget.ts';

const LOOK_EVERY_MS = 25;

/** A gateway that serves. */
export interface Gateway {
  readonly data: AddressInfo;
  readonly control: AddressInfo;
  /** As browsers see it, where there is one. */
  readonly console: string | undefined;
  readonly health: AddressInfo;
  readonly tunnel: { readonly port: number; readonly caCertificate: string };
  /** The public key of the log, for auditors; the keys that opened sealed fields need are in `keys`. */
  readonly evidence: { readonly dir: string; readonly trust: string; readonly keys: string };
  issueJoinToken(cluster: string): Promise<string>;
  /** Resolves when a connector of the cluster is connected; rejects with the signal's reason. */
  connected(cluster: string, signal: AbortSignal): Promise<void>;
  /** Not ready, GOAWAY, lets exchanges finish for the configured grace, cuts the rest, closes the log. */
  stop(): Promise<void>;
}

interface Listeners {
  readonly data: DataListener;
  readonly control: OpenListener;
  readonly console: OpenListener | undefined;
  readonly health: OpenListener;
}

async function readTls({ certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string }) {
  const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certificate, key };
}

function notReady({ state }: Parts, isDraining: () => boolean): readonly string[] {
  const log = state.log.state;
  return [
    ...(isDraining() ? ['shutting down'] : []),
    ...(log.state === 'failed' ? [`the evidence log can't be written: ${log.problem}`] : []),
  ];
}

async function closeAtOnce(listener: DataListener): Promise<void> {
  const closed = listener.drain();
  listener.destroy();
  await closed;
}

const now = () => new Date();

/** What the control API needs. */
function controlParts(parts: Parts, strangers: Strangers, processLog: ProcessLog): ControlParts {
  const { state, refusals, tunnels, authenticator, locks, sessions, live, limits } = parts;
  const { log, store, exchanges, registry, policies, knownRecordings: recordings, replays, sharedWrites } = state;
  const { register } = parts.approvals;
  const onProblem = (error: unknown) => processLog.problem('a control request could not be answered', error);
  const { console: browsers } = parts.config.current.config.listeners;
  return {
    config: () => parts.config.current.config,
    authenticator,
    store,
    clusters: tunnels,
    exchanges,
    sharedWrites,
    recordings,
    replays,
    registry,
    roster: parts.roster,
    clusterRoster: parts.clusterRoster,
    owners: parts.owners,
    onOwners: parts.onOwners,
    policies,
    limits,
    locks,
    sessions,
    live,
    register,
    planJudge: parts.planJudge,
    plans: parts.plans,
    events: new EventStreams({ register, now, onProblem }),
    passkeys: store.passkeys,
    challenges: new Challenges({ challenges: store.passkeyChallenges, now }),
    site: browsers && siteOf(browsers.origin),
    passkeysOf: async (person) => (await passkeysOf(store.passkeys, person)).length,
    grants: parts.grants.register,
    activeGrants: parts.grants.active,
    log,
    now,
    strangers,
    onRefused: (fault, who) => refusals.count('control', fault, who),
    onProblem,
  };
}

/** The listener for browsers, where the configuration has one. */
async function openConsole(
  { listeners: { console: listener }, console: settings }: Config,
  parts: ControlParts,
): Promise<OpenListener | undefined> {
  if (!listener || !settings) return undefined;
  const tls = listener.tls && (await readTls(listener.tls));
  return openConsoleListener({ listener, settings, tls, parts });
}

async function openListeners(parts: Parts, isDraining: () => boolean, processLog: ProcessLog): Promise<Listeners> {
  const { config } = parts.config.current;
  const { listeners } = config;
  const { state, refusals, pipeline, metrics } = parts;
  const { log, policies } = state;
  const tell = tellServed(processLog, now);
  const strangers = new Strangers(now);
  const unknownCallers = new UnknownCallers(listeners.data.maxUnknownPerSource);
  const onRequest = serveWith({
    unknownCallers,
    pipeline,
    refusedUpgrades: parts.refusedUpgrades,
    answerTimeoutMs: listeners.data.answerTimeoutMs,
    turns: new Turns(parts.live),
    budget: loopBudget,
    log,
    policies,
    grants: parts.grants.active,
    refusals,
    strangers,
    slowRefusals: new SlowRefusals(),
    now,
    isDraining,
    onServed: (served) => {
      metrics.served(served, now());
      tell(served);
    },
    onProblem: (error) => processLog.problem('an exchange could not be answered', error),
  });
  await using opened = new AsyncDisposableStack();
  const forPeople = controlParts(parts, strangers, processLog);
  const control = opened.adopt(
    await openControlListener({
      settings: listeners.control,
      ...(await readTls(listeners.control.tls)),
      parts: forPeople,
    }),
    (listener) => listener.close(),
  );
  const console = opened.adopt(await openConsole(config, forPeople), (listener) => listener?.close());
  const data = opened.adopt(
    await openDataListener({
      settings: listeners.data,
      ...(await readTls(listeners.data.tls)),
      onRequest,
      onUnreadable: refuseUnreadable(refusals),
      unknownCallers,
    }),
    closeAtOnce,
  );
  // Last, for whoever asks it whether the gateway is ready may call at once.
  const health = await openHealthListener({
    settings: listeners.health,
    notReady: () => notReady(parts, isDraining),
    metrics: metrics.text,
  });
  opened.move();
  return { data, control, console, health };
}

async function untilConnected({ tunnels }: Parts, cluster: string, signal: AbortSignal): Promise<void> {
  while (tunnels.connected(cluster).length === 0) await delay(LOOK_EVERY_MS, undefined, { signal });
}

async function drain(
  parts: Parts,
  { data, control, console, health }: Listeners,
  opened: AsyncDisposableStack,
): Promise<void> {
  const { shutdownGraceMs } = parts.config.current.config;
  const closed = data.drain();
  // Nobody knows for how long they would wait; sent again, they join their approvals at the next gateway.
  parts.live.end(({ isWaiting }) => isWaiting, new Fault('ERR_SHUTTING_DOWN'));
  if (!(await parts.live.idle(shutdownGraceMs))) {
    parts.live.end(() => true, new Fault('ERR_ENDED', 'the gateway is shutting down'));
    await parts.live.idle(1_000);
  }
  data.destroy();
  // A part that can't be closed in order, as with a log that has failed, must not keep the others open.
  await using closing = new AsyncDisposableStack();
  closing.defer(() => health.close());
  closing.use(opened);
  closing.defer(async () => {
    await Promise.all([closed, control.close(), console?.close(), parts.tunnels.close(0)]);
  });
}

/**
 * Starts a gateway by its configuration.
 * @throws whatever keeps a part from opening, after what was opened is closed again
 */
export async function startGateway(loaded: LoadedConfig, processLog: ProcessLog): Promise<Gateway> {
  let draining = false;
  let stopped: Promise<void> | undefined;
  await using opened = new AsyncDisposableStack();
  const state = opened.adopt(await openState(loaded, processLog), (open) => open.close());
  const parts = await buildParts(loaded, state, processLog, opened);
  const listeners = await openListeners(parts, () => draining, processLog);
  const kept = opened.move();
  const paths = statePaths(loaded.config.dataDir);
  state.log.onState((log) => {
    if (log.state === 'failed')
      processLog.problem('the evidence log failed: every exchange is refused until a restart', log.problem);
    if (log.state === 'low-space') processLog.warn(`the evidence log has ${log.freeBytes} bytes of space left`);
  });
  return {
    data: listeners.data.address,
    control: listeners.control.address,
    console: loaded.config.listeners.console?.origin,
    health: listeners.health.address,
    tunnel: { port: parts.tunnels.port, caCertificate: parts.tunnels.caCertificate },
    evidence: { dir: state.logDir, trust: paths.trust, keys: paths.keys },
    issueJoinToken: (cluster) => parts.tunnels.issueJoinToken(cluster),
    connected: (cluster, signal) => untilConnected(parts, cluster, signal),
    stop() {
      draining = true;
      stopped ??= drain(parts, listeners, kept);
      return stopped;
    },
  };
}
