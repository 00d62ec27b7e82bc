// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { ConfigChange } from './config-store.ts';

/** A change of the configuration as the log has it. */
export function configRecord(change: ConfigChange): LogRecord {
  if (change.type === 'rejected') {
    return { type: 'config.rejected', problems: change.problems.length, reason: 'ERR_CONFIG_INVALID' };
  }
  const { next, previousDigest } = change;
  return {
    type: 'config.loaded',
    digest: next.digest,
    ...(previousDigest === undefined ? {} : { previousDigest }),
  };
}
