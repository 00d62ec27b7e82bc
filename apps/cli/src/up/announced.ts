// SPDX-License-Identifier: Apache-2.0
import type { ProcessLog } from '@countersign/gateway';

/** A process log whose owner watches: what concerns them is also said to `notice`, and not twice in a row. */
export function announced(log: ProcessLog, notice: (message: string) => void): ProcessLog {
  let last = '';
  const say = (message: string) => {
    if (message !== last) notice(message);
    last = message;
  };
  return {
    started: log.started,
    served: log.served,
    tookUp(what, needRestart = []) {
      log.tookUp(what, needRestart);
      last = '';
      say(
        `${what} changed: in force now${needRestart.length > 0 ? `; a restart is needed for ${needRestart.join(', ')}` : ''}`,
      );
    },
    rejected(what, problems) {
      log.rejected(what, problems);
      say([`${what} changed and can't be used; what was in force stays:`, ...problems].join('\n    '));
    },
    warn(message) {
      log.warn(message);
      say(message);
    },
    problem(message, error) {
      log.problem(message, error);
      say(`${message}: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}
