// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Log } from './log.ts';

/**
 * A log whose records are shown to `observe` once they are durable, in the order of their calls. Who appends goes on when
 * `observe` is through with them; it MUST NOT reject.
 */
export function observedLog(log: Log, observe: (records: readonly LogRecord[], firstIndex: number) => unknown): Log {
  return {
    async append(records) {
      const appended = await log.append(records);
      await observe(records, appended.index);
      return appended;
    },
    get state() {
      return log.state;
    },
    onState: (listener) => log.onState(listener),
    close: () => log.close(),
  };
}
