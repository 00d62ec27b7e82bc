// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { Hmac } from '@countersign/mask';
import { Holds } from './approvals/holds.ts';
import { type Approvals, openApprovals } from './approvals/open-approvals.ts';
import { BodyJudge } from './bodies/body-judge.ts';
import { formatConfigProblem } from './config/config-error.ts';
import { configRecord } from './config/config-records.ts';
import { type ConfigChange, ConfigStore } from './config/config-store.ts';
import { planImport } from './config/import-config.ts';
import type { LoadedConfig } from './config/load.ts';
import { EffectJudge } from './effects/effect-judge.ts';
import { KnownDryRuns } from './effects/honours-dry-run.ts';
import { type Grants, openGrants } from './grants/open-grants.ts';
import { createMetrics, type Metrics } from './health/metrics.ts';
import { type AgentRoster, agentRoster } from './identity/agent-roster.ts';
import { type Authenticator, createAuthenticator } from './identity/authenticator.ts';
import { type ClusterRoster, clusterRoster } from './identity/cluster-roster.ts';
import { configuredIssuers } from './identity/configured-issuers.ts';
import { followStanding } from './identity/follow-standing.ts';
import { Locks } from './identity/locks.ts';
import { OwnerUpkeep } from './identity/owner-upkeep.ts';
import { Owners } from './identity/owners.ts';
import { Upkeep } from './identity/upkeep.ts';
import { AgentLimits } from './limits/agent-limits.ts';
import { HeldBytes } from './limits/held-bytes.ts';
import { sessionsLeft } from './log/sessions-left.ts';
import { openMaskingKey } from './masking-key.ts';
import { approvalUrl } from './notifications/link-of.ts';
import { openNotifications } from './notifications/open-notifications.ts';
import { oneShotHmac } from './one-shot-hmac.ts';
import { isPasskeyRequired } from './passkeys/needs-passkey.ts';
import { createPipeline, type Pipeline, type PipelineParts } from './pipeline.ts';
import { PlanJudge } from './plans/judged-plan.ts';
import { PlanRegister } from './plans/plan-register.ts';
import type { ProcessLog } from './process-log.ts';
import { RefusalCounter } from './respond/refusal-counter.ts';
import { Sessions } from './sessions/sessions.ts';
import { type State, statePaths } from './state.ts';
import type { Store } from './store/store.ts';
import { openStoreKey } from './store/store-key.ts';
import { endWithTheirReasons } from './streams/live-end.ts';
import { LiveExchanges } from './streams/live-exchanges.ts';
import { RefusedUpgrades } from './streams/refused-upgrades.ts';
import type { TunnelEvent } from './tunnel/tunnel-event.ts';
import { tunnelRecord } from './tunnel/tunnel-records.ts';
import { openTunnels, type Tunnels } from './tunnel/tunnels.ts';

/** The parts of a gateway that serve, put together over what it keeps. */
export interface Parts {
  readonly state: State;
  readonly config: ConfigStore;
  readonly tunnels: Tunnels;
  readonly authenticator: () => Authenticator;
  readonly pipeline: Pipeline;
  readonly refusals: RefusalCounter;
  readonly sessions: Sessions;
  readonly refusedUpgrades: RefusedUpgrades;
  readonly live: LiveExchanges;
  readonly locks: Locks;
  readonly roster: AgentRoster;
  readonly clusterRoster: ClusterRoster;
  readonly owners: Owners;
  /** Hears which owners are logged in. */
  readonly onOwners: (owners: readonly string[]) => void;
  readonly metrics: Metrics;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly limits: AgentLimits;
  readonly planJudge: PlanJudge;
  readonly plans: PlanRegister;
}

const now = () => new Date();
const monotonic = () => performance.now();
/** Requests of one agent that wait for a countersignature at once. */
const MAX_HOLDS = 8;

async function recordTunnelEvent({ log }: State, refusals: RefusalCounter, event: TunnelEvent): Promise<void> {
  if (event.type === 'refused') refusals.count('tunnel', event.code, { source: event.source });
  else await log.append([tunnelRecord(event)]);
}

async function openTunnelsOf(
  { config }: LoadedConfig,
  state: State,
  refusals: RefusalCounter,
  opened: AsyncDisposableStack,
): Promise<Tunnels> {
  const { address: host, port, hostnames } = config.listeners.tunnel;
  const record = (event: TunnelEvent) => recordTunnelEvent(state, refusals, event);
  const gatewayId = config.gateway;
  const tunnels = await openTunnels({ host, port, hostnames, gatewayId, store: state.store, now, record });
  opened.defer(() => tunnels.close(0));
  return tunnels;
}

/** What is read at the start alone. */
const NEED_RESTART = ['gateway', 'dataDir', 'listeners', 'store', 'log', 'policies', 'console'] as const;

/** Takes a changed configuration in: on record first, then in the store; who runs the gateway is told. */
async function takeConfig(
  state: State,
  started: LoadedConfig,
  change: ConfigChange,
  processLog: ProcessLog,
): Promise<void> {
  const changes = change.type === 'loaded' ? await planImport(change.next.config, state.store) : undefined;
  await state.log.append([configRecord(change), ...(changes?.records ?? [])]);
  await changes?.apply();
  await state.registry.refresh();
  if (change.type === 'rejected') {
    processLog.rejected('the configuration', change.problems.map(formatConfigProblem));
    return;
  }
  const differs = (key: (typeof NEED_RESTART)[number]) =>
    !isDeepStrictEqual(change.next.config[key], started.config[key]);
  processLog.tookUp('the configuration', NEED_RESTART.filter(differs));
}

function passkeyNeeds(configStore: ConfigStore): () => boolean {
  return () => isPasskeyRequired(configStore.current.config);
}

function approvalsOf(
  state: State,
  { hmac, vouch }: { readonly hmac: Hmac; readonly vouch: Hmac },
  configStore: ConfigStore,
  onProblem: (error: unknown) => void,
): Promise<Approvals> {
  const limits = () => configStore.current.config.approvals;
  const needsPasskey = passkeyNeeds(configStore);
  return openApprovals({ ...state, hmac, vouch, limits, needsPasskey, now, onProblem });
}

function storeKeyOf({ config }: LoadedConfig, store: Store, processLog: ProcessLog): Promise<Uint8Array> {
  const { keyFile, postgres } = config.store;
  const { keys: keyDir } = statePaths(config.dataDir);
  const warn = (message: string) => processLog.warn(message);
  return openStoreKey(store, { keyFile, keyDir, isShared: postgres !== undefined, now: now(), warn });
}

/** Who is registered, and where, with what the gateway does about them by itself. */
function openRosters(
  { store, registry, log }: State,
  { sessions, tunnels, configStore }: { sessions: Sessions; tunnels: Tunnels; configStore: ConfigStore },
  onProblem: (error: unknown) => void,
  opened: AsyncDisposableStack,
): Pick<Parts, 'roster' | 'clusterRoster' | 'owners' | 'onOwners'> {
  const roster = agentRoster({ store, registry, log, now });
  const clusters = clusterRoster({ store, registry, log, tunnels, agents: roster, now });
  const config = () => configStore.current.config;
  const upkeeps = [
    new Upkeep({
      ...{ documents: store.agents, uses: store.agentUses, roster, now },
      inUse: () => new Set(sessions.list().map(({ principal }) => principal.id)),
      idleDays: () => config().disableIdleAgentsAfterDays,
    }),
    new Upkeep({
      ...{ documents: store.clusters, uses: store.clusterUses, roster: clusters, now },
      inUse: () => new Set(registry.clusterNames().filter((name) => tunnels.connected(name).length > 0)),
      idleDays: () => config().disableIdleClustersAfterDays,
    }),
  ];
  const days = () => config().disableOwnerlessAgentsAfterDays;
  const ofOwners = new OwnerUpkeep({ store, registry, roster, days, now });
  for (const upkeep of [...upkeeps, ofOwners]) opened.use(upkeep.start(onProblem));
  const owners = new Owners({ store, registry, roster, log, now });
  return { roster, clusterRoster: clusters, owners, onOwners: (seen) => ofOwners.see(seen) };
}

async function startNotifications(
  { store, log, logDir, logKey, notices }: State,
  configStore: ConfigStore,
  metrics: Metrics,
  processLog: ProcessLog,
  opened: AsyncDisposableStack,
): Promise<void> {
  const config = () => configStore.current.config;
  const count = metrics.notified;
  opened.use(await openNotifications({ store, log, logDir, logKey, queue: notices, config, count, processLog, now }));
}

/** What of countersigning the pipeline needs. */
function approvalParts({ register }: Approvals, { registry, openWrites }: State, configStore: ConfigStore) {
  const { console: browsers } = configStore.current.config.listeners;
  return {
    urlOf: (approval: string) => approvalUrl(approval, browsers?.origin),
    register,
    openWrites,
    holds: new Holds(MAX_HOLDS),
    holdMs: () => configStore.current.config.approvals.holdMs,
    waits: (agent: string) => registry.waits(agent),
  };
}

async function sessionsOf({ log, logDir }: State, onProblem: (error: unknown) => void): Promise<Sessions> {
  const sessions = new Sessions(log, now, onProblem);
  await sessions.reconcile(await sessionsLeft(logDir));
  return sessions;
}

/** What judges requests, as they come and as they are planned. */
function judgesOf(parts: PipelineParts): Pick<Parts, 'pipeline' | 'planJudge' | 'plans'> {
  return { pipeline: createPipeline(parts), planJudge: new PlanJudge(parts), plans: new PlanRegister(parts) };
}

/** The configuration as it changes, and who verifies tokens by it. */
function followConfig(
  loaded: LoadedConfig,
  state: State,
  tunnels: Tunnels,
  processLog: ProcessLog,
  opened: AsyncDisposableStack,
) {
  const authenticatorOf = ({ config }: LoadedConfig) =>
    createAuthenticator({ issuers: configuredIssuers(config, tunnels, state.log), now: Date.now });
  let authenticator = authenticatorOf(loaded);
  const configStore = new ConfigStore(loaded, {
    onProblem: (error) => processLog.problem('background work failed', error),
    onChange: async (change) => {
      const next = change.type === 'loaded' ? authenticatorOf(change.next) : authenticator;
      await takeConfig(state, loaded, change, processLog);
      authenticator = next;
    },
  });
  opened.use(configStore);
  return { configStore, authenticator: () => authenticator };
}

/**
 * Builds everything between the listeners and what is kept; what was built is closed with `opened`. `processLog` hears of
 * what failed in the background.
 */
export async function buildParts(
  loaded: LoadedConfig,
  state: State,
  processLog: ProcessLog,
  opened: AsyncDisposableStack,
): Promise<Parts> {
  const onProblem = (error: unknown) => processLog.problem('background work failed', error);
  const { store, log, registry, policies, recordings } = state;
  const refusals = opened.adopt(new RefusalCounter(log, now, onProblem), (counter) => counter.flush());
  const tunnels = await openTunnelsOf(loaded, state, refusals, opened);
  const { configStore, authenticator } = followConfig(loaded, state, tunnels, processLog, opened);
  opened.use(followStanding({ registry, nowMs: monotonic, onProblem }));
  const live = new LiveExchanges();
  const metrics = createMetrics(live);
  await startNotifications(state, configStore, metrics, processLog, opened);
  const sessions = opened.adopt(await sessionsOf(state, onProblem), (open) => open.close());
  const locks = new Locks({ store, registry, sessions, live, tunnels, log, now });
  const maskingKey = await openMaskingKey(store, now());
  const hmac = oneShotHmac(maskingKey);
  const vouch = oneShotHmac(await storeKeyOf(loaded, store, processLog));
  const grants = opened.use(
    await openGrants({ store, vouch, needsPasskey: passkeyNeeds(configStore), log, now, onProblem }),
  );
  opened.use(endWithTheirReasons({ live, registry, policies, grants: grants.active, log, now, onProblem }));
  const { maxBodyBytes, bodyTimeoutMs, maxHeldBytes } = loaded.config.listeners.data;
  const bodies = opened.adopt(new BodyJudge(), (judge) => judge.close());
  const effects = opened.adopt(new EffectJudge(maskingKey), (judge) => judge.close());
  const approvals = opened.use(await approvalsOf(state, { hmac, vouch }, configStore, onProblem));
  const [refusedUpgrades, limits] = [new RefusedUpgrades(monotonic), new AgentLimits(monotonic)];
  const pipelineParts: PipelineParts = {
    authenticator,
    registry,
    limits,
    held: new HeldBytes(maxHeldBytes),
    sessions,
    live,
    policies,
    log,
    clusters: tunnels,
    hmac,
    bodyLimits: { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs },
    refusedUpgrades,
    bodies,
    effects,
    dryRuns: new KnownDryRuns(monotonic),
    recordings,
    recordsStdin: () => configStore.current.config.recordings.stdin,
    grants: grants.active,
    ...approvalParts(approvals, state, configStore),
    now,
  };
  return {
    state,
    config: configStore,
    tunnels,
    authenticator,
    ...judgesOf(pipelineParts),
    refusals,
    sessions,
    refusedUpgrades,
    live,
    locks,
    ...openRosters(state, { sessions, tunnels, configStore }, onProblem, opened),
    metrics,
    approvals,
    grants,
    limits,
  };
}
