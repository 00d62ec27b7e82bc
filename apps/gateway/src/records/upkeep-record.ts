// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Identified } from '../exchange.ts';
import { impersonatedOf } from './exchange-facts.ts';

type Upkeep = Extract<LogRecord, { type: 'upkeep' }>;

/** A request of the gateway's own, made as the agent for the sake of an exchange, under an id of its own. */
export function upkeepRecord(
  exchange: Identified,
  {
    id,
    purpose,
    status,
  }: { readonly id: string; readonly purpose: Upkeep['purpose']; readonly status: number | undefined },
): Upkeep {
  return {
    type: 'upkeep',
    exchange: id,
    cluster: exchange.cluster,
    purpose,
    parent: exchange.id,
    impersonated: impersonatedOf(exchange),
    ...(status === undefined ? {} : { status }),
  };
}
