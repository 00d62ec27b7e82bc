// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import type { Config } from '../config/schema.ts';
import type { Log } from '../log/log.ts';
import { RandomPool } from '../log/random-bytes.ts';
import { recentEntries } from '../log/recent-leaves.ts';
import type { ProcessLog } from '../process-log.ts';
import { recurring } from '../recurring.ts';
import type { Store } from '../store/store.ts';
import { Background } from './background.ts';
import { MAX_AGE_MS } from './backoff.ts';
import { Deliveries, type DeliveryResult } from './deliveries.ts';
import { FirstUses } from './first-uses.ts';
import { Intake } from './intake.ts';
import { logIdOf } from './log-id.ts';
import type { NoticeQueue } from './notice-queue.ts';
import { Outbox } from './outbox.ts';

const LOOK_MS = 1_000;
const SWEEP_MS = 3_600_000;
/** Operators hear of what found no room this often at most. */
const TELL_DROPPED_MS = 60_000;

export interface NotificationsParts {
  readonly store: Store;
  readonly log: Log;
  readonly logDir: string;
  /** The log's verifier key. */
  readonly logKey: string;
  readonly queue: NoticeQueue;
  readonly config: () => Config;
  readonly now: () => Date;
  readonly processLog: ProcessLog;
  readonly count: (result: DeliveryResult, times: number) => void;
}

/** What was on record of this log when it stopped, and is not in the outbox: it crashed in between. */
async function takeUp(intake: Intake, { queue, logDir, now }: NotificationsParts): Promise<void> {
  const cursor = await intake.cursor();
  // Where nothing has been told of this log, what it holds is no news.
  if (cursor === undefined) return;
  const oldest = new Date(now().getTime() - MAX_AGE_MS).toISOString();
  const upTo = queue.first;
  for await (const { index, text } of recentEntries(logDir)) {
    if (index <= cursor || index >= upTo) continue;
    const leaf = JSON.parse(text) as Leaf;
    if (leaf.ts >= oldest) queue.observe([leaf], index);
  }
}

/** Operators hear at once that something found no room, and then once a minute how much. */
function droppedTeller({ processLog, count, now }: NotificationsParts): (count: number) => void {
  let untold = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  return (dropped) => {
    count('dropped', dropped);
    untold += dropped;
    const nowMs = now().getTime();
    if (nowMs - toldMs < TELL_DROPPED_MS) return;
    processLog.warn(`${untold} notifications were dropped: too many wait to be delivered`);
    untold = 0;
    toldMs = nowMs;
  };
}

/** What the log says of itself when it can't say it in records. */
function tellOfLog({ log, queue, now }: NotificationsParts): () => void {
  const random = new RandomPool();
  return log.onState(({ state }) => {
    if (state === 'failed') queue.tell('log-failed', random.uuidv7(now().getTime()));
    if (state === 'low-space') queue.tell('log-low-space', random.uuidv7(now().getTime()));
  });
}

/**
 * Notifications of a gateway that runs: what is noticed goes into the outbox and from there to the receivers of the
 * configuration in force, in the background. Nobody waits for it, and no exchange fails for it.
 * @throws StoreError
 */
export async function openNotifications(parts: NotificationsParts): Promise<AsyncDisposable> {
  const { store, log, logKey, queue, now, processLog } = parts;
  const config = () => parts.config().notifications;
  const outbox = new Outbox(store.notices, now);
  const uses = new FirstUses(store.firstUses, now);
  const logId = logIdOf(logKey);
  const onDropped = droppedTeller(parts);
  const isOn = () => config().receivers.length > 0;
  const intake = new Intake({ queue, outbox, uses, cursors: store.noticeCursors, logId, config, now, onDropped });
  const deliveries = new Deliveries({
    outbox,
    log,
    gateway: parts.config().gateway,
    consoleOrigin: () => parts.config().listeners.console?.origin,
    now,
    random: Math.random,
    count: (result) => parts.count(result, 1),
    warn: (message) => processLog.warn(message),
  });
  const onProblem = (error: unknown) => processLog.problem('notifications could not be seen to', error);
  if (isOn()) {
    await takeUp(intake, parts);
    await intake.run();
  }
  const background = new Background({ intake, deliveries, queue, config, onProblem });
  const timers = new DisposableStack();
  timers.defer(tellOfLog(parts));
  timers.use(recurring(LOOK_MS, () => background.look(), onProblem));
  timers.use(recurring(SWEEP_MS, () => deliveries.giveUpOld(), onProblem));
  return {
    async [Symbol.asyncDispose]() {
      timers.dispose();
      await background.close();
    },
  };
}
