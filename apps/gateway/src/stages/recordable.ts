// SPDX-License-Identifier: Apache-2.0
import type { Negotiated } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import type { Recordings } from '../recordings/recordings.ts';

/**
 * Lets a session on if it can be recorded, before a countersignature is used for it and before it is asked for upstream,
 * where a command begins to run before its recording does.
 */
export function recordable(recordings: Pick<Recordings, 'assertReady'>): Stage<Negotiated, Negotiated> {
  return async (exchange) => {
    await recordings.assertReady();
    return exchange;
  };
}
