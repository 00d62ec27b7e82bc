// SPDX-License-Identifier: Apache-2.0
import { askerOf } from '../apart/asker-of.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRevealed } from '../is-revealed.ts';
import { askDryRun, bytesOfObject } from './ask-dry-run.ts';
import type { Effect } from './effect.ts';
import { type DryRunParts, honoursDryRun } from './honours-dry-run.ts';
import { writtenOf } from './write-of.ts';

/**
 * Asks upstream, as the agent and on record, what the exchange would do: looks at the object, and asks for the write as a dry
 * run. Upstream's own refusal (422, 404, 409 …) is a fault that ends the exchange: there is nothing to approve. What a
 * human could not be shown is one too.
 * @throws Fault, TunnelError, LogError
 */
export function effectOf(parts: DryRunParts): (exchange: Decided) => Promise<Effect | Fault> {
  return async (exchange) => {
    const { request, lane, cluster, body, dryRun, made } = exchange;
    const written = writtenOf(exchange);
    if (written instanceof Fault) return written;
    const doubt = await honoursDryRun(exchange, written, parts);
    if (doubt) return doubt;
    const sent = await parts.effects.find('dry-run', { request, lane, body: bodyOf(body) }, askerOf(exchange));
    if (sent instanceof Fault) return sent;
    const before = await bytesOfObject(exchange, written, parts);
    if (before instanceof Fault) return before;
    const result = await askDryRun(exchange, sent, parts);
    if (result instanceof Fault) return result;
    const question = {
      request,
      lane,
      cluster,
      body: bodyOf(body),
      dryRun,
      isRevealed: isRevealed(made.decision),
      before,
      result,
    };
    return parts.effects.find('effect', question, askerOf(exchange));
  };
}

/** What of a body is asked about. */
function bodyOf(body: Decided['body']) {
  if (!body) return undefined;
  const { format, bytes, target, written } = body;
  return { format, bytes, target, written };
}
