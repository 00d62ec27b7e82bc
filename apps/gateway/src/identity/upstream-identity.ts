// SPDX-License-Identifier: Apache-2.0
import { upstreamUser } from '@countersign/wire';
import type { Identified } from '../exchange.ts';
import { Fault } from '../faults.ts';

type Identity = Pick<Identified, 'principal' | 'upstreamGroups'>;

/** The header lines that make a request upstream the agent's: there is none without them. */
export function identityLines({ principal, upstreamGroups }: Identity): [string, string][] {
  if (principal.id === '') throw new Fault('ERR_INTERNAL');
  return [
    ['impersonate-user', upstreamUser(principal.id)],
    ...upstreamGroups.map((group): [string, string] => ['impersonate-group', group]),
  ];
}
