// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { OpenWrites } from './approvals/open-writes.ts';
import { configRecord } from './config/config-records.ts';
import { planImport } from './config/import-config.ts';
import type { LoadedConfig } from './config/load.ts';
import { ExchangeIndex } from './control/exchange-index.ts';
import { SharedWrites } from './control/shared-writes.ts';
import { AgentRegistry } from './identity/agent-registry.ts';
import { systemClock } from './log/clock.ts';
import { type DiskLog, openDiskLog } from './log/disk-log.ts';
import type { Log } from './log/log.ts';
import { writeTrustFile } from './log/log-key.ts';
import { observedLog } from './log/observed-log.ts';
import { recentEntries } from './log/recent-leaves.ts';
import { logIdOf } from './notifications/log-id.ts';
import { NoticeQueue } from './notifications/notice-queue.ts';
import { formatProblem } from './policies/policies-error.ts';
import { policyRecords } from './policies/policy-records.ts';
import { type PolicyChange, PolicyStore } from './policies/policy-store.ts';
import type { ProcessLog } from './process-log.ts';
import { KnownRecordings } from './recordings/known-recordings.ts';
import { Recordings } from './recordings/recordings.ts';
import { Replays } from './recordings/replays.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';

/** What a gateway keeps, opened in the order in which it depends on itself: store, log, configuration, policies. */
export interface State {
  readonly store: Store;
  readonly log: Log;
  readonly logDir: string;
  /** The log's verifier key. */
  readonly logKey: string;
  /** Of streams, in files beside the log. */
  readonly recordings: Recordings;
  readonly knownRecordings: KnownRecordings;
  readonly replays: Replays;
  readonly exchanges: ExchangeIndex;
  readonly openWrites: OpenWrites;
  /** Absent where no other gateway has this store. */
  readonly sharedWrites: SharedWrites | undefined;
  readonly notices: NoticeQueue;
  readonly registry: AgentRegistry;
  readonly policies: PolicyStore;
  close(): Promise<void>;
}

/** Where a gateway keeps what, below its data directory; the log has its own. */
export function statePaths(dataDir: string) {
  return { store: join(dataDir, 'state.db'), keys: join(dataDir, 'keys'), trust: join(dataDir, 'evidence-trust.txt') };
}

interface OpenedLog {
  readonly log: Log;
  readonly notices: NoticeQueue;
  readonly disk: DiskLog;
}

/** What follows the records of the log as they become durable. */
interface Observers {
  readonly exchanges: ExchangeIndex;
  readonly knownRecordings: KnownRecordings;
  readonly openWrites: OpenWrites;
  readonly sharedWrites: SharedWrites | undefined;
}

async function openLog({ config }: LoadedConfig, observers: Observers): Promise<OpenedLog> {
  const { exchanges, knownRecordings, openWrites, sharedWrites } = observers;
  const paths = statePaths(config.dataDir);
  const disk = await openDiskLog({
    home: config.log.dir,
    keyDir: paths.keys,
    gateway: config.gateway,
    version: manifest.version,
    origin: config.log.origin ?? `countersign.local/${config.gateway}`,
    segmentBytes: config.log.segmentBytes,
    lowSpacePercent: config.log.lowSpacePercent,
  });
  await writeTrustFile(paths.trust, disk.vkey);
  await exchanges.takeUp(recentEntries(disk.dir));
  const notices = new NoticeQueue({ logId: logIdOf(disk.vkey), now: () => new Date() });
  const { receivers, denials } = config.notifications;
  notices.switch(receivers.length === 0 ? undefined : denials);
  const log = observedLog(disk, (records, firstIndex) => {
    exchanges.add(records, firstIndex);
    sharedWrites?.observe(records);
    knownRecordings.add(records);
    notices.observe(records, firstIndex);
    return openWrites.settle(records);
  });
  return { log, notices, disk };
}

/** Beside the log directory, where only what belongs to a log may lie. */
function recordingsDir({ config }: LoadedConfig): string {
  return join(config.log.dir, 'recordings');
}

function openRecordings(loaded: LoadedConfig, { log, disk }: OpenedLog): Promise<Recordings> {
  return Recordings.open({
    dir: recordingsDir(loaded),
    log: {
      append: (records) => log.append(records),
      onState: (listener) => log.onState(listener),
      get state() {
        return log.state;
      },
      keyOf: (scope) => disk.keyOf(scope),
      openRecordings: disk.openRecordings,
    },
    clock: systemClock(),
    monotonic: () => performance.now(),
    keepFreePercent: loaded.config.log.keepFreePercent,
  });
}

/** On record first; then the operator is told, but for what was there at the start. */
async function takePolicies(change: PolicyChange, log: Log, processLog: ProcessLog): Promise<void> {
  if (change.type !== 'mended') await log.append(policyRecords(change));
  if (change.type === 'rejected') processLog.rejected('the policies', change.problems.map(formatProblem));
  else if (change.type === 'mended' || change.epoch > 1) processLog.tookUp('the policies');
}

/**
 * Opens what the gateway keeps. Whatever can't be opened is an error here, before anybody is served.
 * @throws StoreError, LogError, PoliciesError
 */
export async function openState(loaded: LoadedConfig, processLog: ProcessLog): Promise<State> {
  const { config } = loaded;
  const exchanges = new ExchangeIndex(() => new Date());
  const knownRecordings = new KnownRecordings(() => new Date());
  await using opened = new AsyncDisposableStack();
  const sqliteFile = statePaths(config.dataDir).store;
  const store = opened.adopt(await openStore(config.store.postgres, sqliteFile), (open) => open.close());
  const parts = {
    now: () => new Date(),
    onProblem: (error: unknown) => processLog.problem('background work failed', error),
  };
  const openWrites = new OpenWrites({ writes: store.openWrites, gateway: config.gateway, ...parts });
  const sharedWrites = config.store.postgres && new SharedWrites({ writes: store.writes, exchanges, ...parts });
  if (sharedWrites) opened.use(sharedWrites.start());
  const openedLog = await openLog(loaded, { exchanges, knownRecordings, openWrites, sharedWrites });
  const { log, notices, disk } = openedLog;
  opened.defer(async () => sharedWrites?.stored());
  opened.defer(() => log.close());
  const recordings = opened.adopt(await openRecordings(loaded, openedLog), (open) => open.close());
  const changes = await planImport(config, store);
  await log.append([configRecord({ type: 'loaded', next: loaded, previousDigest: undefined }), ...changes.records]);
  await changes.apply();
  const registry = new AgentRegistry(store);
  await registry.refresh();
  const policies = opened.use(
    await PolicyStore.open(config.policies.dir, {
      onChange: (change) => takePolicies(change, log, processLog),
    }),
  );
  const kept = opened.move();
  const { dir: logDir, vkey: logKey } = disk;
  const replays = new Replays({
    dir: recordingsDir(loaded),
    findKey: (id) => disk.findKey(id),
    onProblem: (error) => processLog.problem('a recording is not what the log says', error),
  });
  return {
    store,
    log,
    logDir,
    logKey,
    recordings,
    knownRecordings,
    replays,
    exchanges,
    openWrites,
    sharedWrites,
    notices,
    registry,
    policies,
    close: () => kept.disposeAsync(),
  };
}
