// SPDX-License-Identifier: Apache-2.0
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { openDiskLog } from './log/disk-log.ts';
import type { Log } from './log/log.ts';
import { logPlace } from './log/log-for-tests.ts';
import { observedLog } from './log/observed-log.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';

/** A log and a store on the disk, as a gateway keeps them, in a directory of their own. */
export interface Kept extends AsyncDisposable {
  readonly root: string;
  readonly log: Log;
  readonly store: Store;
  /** What was put on record, in order. */
  readonly records: readonly LogRecord[];
}

export async function openKept(): Promise<Kept> {
  const place = await logPlace();
  const records: LogRecord[] = [];
  const log = observedLog(await openDiskLog(place), (appended) => void records.push(...appended));
  const store = await openSqliteStore(join(place.root, 'state.db'));
  return {
    ...{ root: place.root, log, store, records },
    async [Symbol.asyncDispose]() {
      await log.close();
      await store.close();
      await rm(place.root, { recursive: true });
    },
  };
}
