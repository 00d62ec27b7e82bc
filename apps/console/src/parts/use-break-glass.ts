// SPDX-License-Identifier: Apache-2.0
import { call } from '../api/call.ts';
import type { BrokenGlass, Items } from '../api/types.ts';
import { type Resource, useResource } from './use-resource.ts';
import { useTurn } from './use-turn.ts';

/** What operators have let on without countersignatures, and what of it has ended within the hour. */
export function useBreakGlass(): Resource<readonly BrokenGlass[]> {
  return useResource('break-glass', useTurn(), async (signal) => {
    return (await call<Items<BrokenGlass>>('GET', '/api/v1/break-glass', undefined, signal)).items;
  });
}
