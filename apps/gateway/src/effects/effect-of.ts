// SPDX-License-Identifier: Apache-2.0
import { asDryRun, type JsonValue, jsonAt, type Write } from '@countersign/kube';
import { type Hmac, maskingFor, type Rewriting, uncovers } from '@countersign/mask';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRevealed } from '../is-revealed.ts';
import { takeTurns } from '../take-turns.ts';
import { askDryRun, type EffectParts, lookAtObject } from './ask-dry-run.ts';
import { describeEffect } from './describe-effect.ts';
import type { Document, Effect, Outcome } from './effect.ts';
import { changesOf, effectDigest } from './effect-digest.ts';
import { honoursDryRun, KnownDryRuns } from './honours-dry-run.ts';
import { isRemoval, mayMake, writeOf } from './write-of.ts';

/** So much that is parsed, compared and told is a request more of an agent's limit: it takes some 2 ms. */
const REQUEST_BYTES = 32_768;

/**
 * Asks upstream, as the agent and on record, what the exchange would do: looks at the object, and asks for the write as a dry
 * run. Upstream's own refusal (422, 404, 409 …) is a fault that ends the exchange: there is nothing to approve. What a
 * human could not be shown is one too.
 * @throws Fault, TunnelError, LogError, MaskError
 */
export function effectOf(parts: EffectParts): (exchange: Decided) => Promise<Effect | Fault> {
  const dryRuns = new KnownDryRuns(() => performance.now());
  return async (exchange) => {
    const write = writeOf(exchange);
    if (write instanceof Fault) return write;
    const doubt = await honoursDryRun(exchange, write, parts, dryRuns);
    if (doubt) return doubt;
    const before = await lookAtObject(exchange, write, parts);
    if (before instanceof Fault) return before;
    const result = await askDryRun(exchange, asDryRun(write), parts);
    if (result instanceof Fault) return result;
    const looked = (exchange.body?.bytes.length ?? 0) + (before?.bytes.length ?? 0) + result.bytes.length;
    exchange.allowance.spendRequests(looked / REQUEST_BYTES);
    return effectFrom(exchange, { write, before, result }, parts.hmac);
  };
}

interface Answers extends Pick<Outcome, 'write' | 'before'> {
  readonly result: Document;
}

async function effectFrom(exchange: Decided, { write, before, result }: Answers, hmac: Hmac): Promise<Effect | Fault> {
  if (before && (await uncoversValue(exchange, { before, after: result, sent: write.value ?? null })))
    return new Fault('ERR_MASKED_VALUE_UNCOVERED', 'it would be shown');
  const object = before ? seenObject(before.value) : unseenObject(write);
  if (object instanceof Fault) return object;
  const outcome: Outcome = { write, before, after: isRemoval(write) ? undefined : result };
  const changes = changesOf(outcome);
  const digest = effectDigest(outcome, changes, hmac);
  return { digest, object, ...describeEffect(exchange, outcome, changes, hmac) };
}

/** Whether the write would show a value that is masked for whoever sends it. */
async function uncoversValue({ request, made, body }: Decided, rewriting: Rewriting): Promise<boolean> {
  const written = body?.written;
  if (!(written?.mayUncover || written?.mayUnname) || isRevealed(made.decision)) return false;
  const masking = maskingFor(request);
  return masking !== undefined && takeTurns(uncovers(rewriting, masking));
}

function seenObject(value: JsonValue): NonNullable<Effect['object']> | Fault {
  const [uid, resourceVersion] = [jsonAt(value, 'metadata', 'uid'), jsonAt(value, 'metadata', 'resourceVersion')];
  const isSeen = typeof uid === 'string' && uid !== '' && typeof resourceVersion === 'string' && resourceVersion !== '';
  return isSeen ? { uid, resourceVersion } : new Fault('ERR_EFFECT_UNKNOWN', 'the object has no uid or no version');
}

/** Nothing holds a write to an object that nobody has seen, so only what makes one may go without. */
function unseenObject(write: Write): undefined | Fault {
  return mayMake(write)
    ? undefined
    : new Fault('ERR_EFFECT_UNKNOWN', 'the object was not there a moment ago; create it');
}
