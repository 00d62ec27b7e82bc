// SPDX-License-Identifier: Apache-2.0
import type { NotificationsConfig } from '../config/schema.ts';
import type { Collection, NoticeCursorDocument } from '../store/store.ts';
import type { FirstUses } from './first-uses.ts';
import { isUrgent, NOTICE_TOPICS } from './notice.ts';
import type { NoticeQueue, Queued } from './notice-queue.ts';
import type { Outbox } from './outbox.ts';

export interface IntakeParts {
  readonly queue: NoticeQueue;
  readonly outbox: Outbox;
  readonly uses: FirstUses;
  readonly cursors: Collection<NoticeCursorDocument>;
  readonly logId: string;
  readonly config: () => NotificationsConfig;
  readonly now: () => Date;
  /** So many notices, each for one receiver, found no room. */
  readonly onDropped: (count: number) => void;
}

/** Rooms that are kept for what nobody may miss in a flood of the rest. */
const KEPT_ROOM = 100;

/** Records of which nothing was told move the cursor so often. */
const CURSOR_MS = 10_000;

/** Brings what was noticed into the outbox, and keeps up to which record of the log that has been done. */
export class Intake {
  readonly #parts: IntakeParts;
  #cursor = -1;
  #cursorMs = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Index of the last record of which everything is in the outbox; undefined where nothing was told of this log. @throws StoreError */
  async cursor(): Promise<number | undefined> {
    return (await this.#parts.cursors.get(this.#parts.logId))?.value.index;
  }

  /** MUST NOT run twice at once. What could not be put in stays in the queue. @throws StoreError */
  async run(isLast = false): Promise<void> {
    const { queue, onDropped, now } = this.#parts;
    const seen = queue.seen;
    const waiting = queue.waiting();
    const rooms = new Map<string, number>();
    let dropped = queue.takeDropped();
    for (const queued of waiting) {
      dropped += await this.#put(queued, rooms);
      queue.took();
    }
    if (dropped > 0) onDropped(dropped);
    const nowMs = now().getTime();
    if (seen > this.#cursor && (waiting.length > 0 || isLast || nowMs - this.#cursorMs >= CURSOR_MS)) {
      await this.#keepCursor(seen);
      this.#cursor = seen;
      this.#cursorMs = nowMs;
    }
  }

  /** For how many receivers there was no room. */
  async #put({ notice, use }: Queued, rooms: Map<string, number>): Promise<number> {
    const { outbox, uses, config } = this.#parts;
    if (use !== undefined && !(await uses.isNews(use.of, use.what))) return 0;
    const topic = NOTICE_TOPICS[notice.type];
    let dropped = 0;
    for (const { name, topics } of config().receivers) {
      if (!topics.includes(topic)) continue;
      const room = rooms.get(name) ?? (await outbox.room(name));
      rooms.set(name, Math.max(0, room - 1));
      if (room > (isUrgent(notice.type) ? 0 : KEPT_ROOM)) await outbox.put(name, notice);
      else dropped += 1;
    }
    // What nobody could be told of so urgently is news once more.
    if (use !== undefined && (dropped === 0 || !isUrgent(notice.type))) await uses.keep(use.of, use.what);
    return dropped;
  }

  /** Nobody is to be told any more: what comes until somebody is will not be news. @throws StoreError */
  async forget(): Promise<void> {
    const { cursors, logId } = this.#parts;
    const found = await cursors.get(logId);
    if (found !== undefined) await cursors.remove(logId, found.version);
  }

  async #keepCursor(index: number): Promise<void> {
    const { cursors, logId } = this.#parts;
    const found = await cursors.get(logId);
    if (found === undefined) await cursors.insert(logId, { index });
    else await cursors.replace(logId, found.version, { index });
  }
}
