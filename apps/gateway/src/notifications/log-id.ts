// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** The name of a log, by its verifier key, in the ids of its notices: no other log's are like them. */
export function logIdOf(logKey: string): string {
  return createHash('sha256').update(logKey).digest('hex').slice(0, 16);
}
