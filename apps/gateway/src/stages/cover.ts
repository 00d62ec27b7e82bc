// SPDX-License-Identifier: Apache-2.0
import type { SeenObject } from '@countersign/kube';
import { hasCovered, hasQuoted, type MaskingPlan } from '@countersign/mask';
import { bytesOfObject, type EffectParts } from '../effects/ask-dry-run.ts';
import type { Effect } from '../effects/effect.ts';
import { type Binder, boundToSeen, withPreconditions } from '../effects/with-preconditions.ts';
import { writtenOf } from '../effects/write-of.ts';
import type { Decided, Used, WrittenValues } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import { takeTurns } from '../take-turns.ts';

interface CoverParts extends EffectParts {
  readonly effectOf: (exchange: Decided) => Promise<Effect | Fault>;
  readonly bodies: Binder;
}

/** Nobody has to countersign it: what can't be found out is a reason of masking. */
function masking(fault: Fault): Fault {
  const { code, detail, cause } = fault;
  return code === 'ERR_EFFECT_UNKNOWN' ? new Fault('ERR_MASKED_VALUE_UNCOVERED', detail, { cause }) : fault;
}

/** Whether the object has a value of the kind that the write may uncover. */
async function isConcerned(
  written: WrittenValues | undefined,
  object: Uint8Array,
  masking: MaskingPlan,
): Promise<boolean> {
  if (written?.mayUncover && (await takeTurns(hasCovered(object, masking)))) return true;
  return written?.mayUnname === true && takeTurns(hasQuoted(object, masking));
}

/**
 * Keeps a grant to the object whose labels it looks at, and masked values covered: a write that may change the name beside
 * one, or the flag before it, and leaves the value, or take one that another text of the object quotes, goes on only where
 * the object has no such value or a dry run shows that it stays masked; and then on that object alone, as it was looked at.
 * What was countersigned has been looked at in this way already.
 */
export function cover(parts: CoverParts): Stage<Used, Used> {
  const run = async (exchange: Used): Promise<Used | Fault> => {
    const write = writtenOf(exchange);
    if (write instanceof Fault) return masking(write);
    const before = await bytesOfObject(exchange, write, parts);
    if (before instanceof Fault) return masking(before);
    if (!exchange.masking || !before) return exchange;
    if (!(await isConcerned(exchange.body?.written, before, exchange.masking))) return exchange;
    const effect = await parts.effectOf(exchange);
    if (effect instanceof Fault) return masking(effect);
    const bound = await withPreconditions(exchange, effect, parts.bodies);
    return bound instanceof Fault ? bound : { ...exchange, ...bound };
  };
  const goOn = (exchange: Used): Used | Promise<Used | Fault> => {
    const { mayUncover = false, mayUnname = false } = exchange.body?.written ?? {};
    const isConcern = exchange.masking !== undefined && (mayUncover || mayUnname);
    return isConcern ? run(exchange) : exchange;
  };
  const labelledFirst = async (exchange: Used, seen: SeenObject): Promise<Used | Fault> => {
    const bound = await boundToSeen(exchange, seen, parts.bodies);
    return bound instanceof Fault ? bound : goOn(bound);
  };
  return (exchange) => {
    const { countersigned, made, seen } = exchange;
    if (countersigned) return exchange;
    // What a grant gives for the labels of an object is done to that one, with those labels: not to another version of it.
    return made.byLabels && seen ? labelledFirst(exchange, seen) : goOn(exchange);
  };
}
