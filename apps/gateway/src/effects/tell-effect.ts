// SPDX-License-Identifier: Apache-2.0
import { type JsonValue, jsonAt, type Write } from '@countersign/kube';
import { atOnce, type Hmac, maskingFor, type Rewriting, uncovers } from '@countersign/mask';
import { Fault } from '../faults.ts';
import { type Described, describeEffect } from './describe-effect.ts';
import { documentOf } from './document-of.ts';
import type { Effect, Outcome } from './effect.ts';
import { changesOf, effectDigest } from './effect-digest.ts';
import { isRemoval, mayMake, type Written, writeOf } from './write-of.ts';

/** A write, and what the API server answered: all that its effect is told from. Plain data: it may go to another thread. */
export interface EffectQuestion extends Written, Described {
  readonly body: (Written['body'] & Described['body']) | undefined;
  /** Whether its sender may see values in the clear. */
  readonly isRevealed: boolean;
  /** The object as it is; absent where there is none. */
  readonly before: Uint8Array | undefined;
  /** What a dry run of it was answered with. */
  readonly result: Uint8Array;
}

/**
 * What a write would do, in fields and in words. Takes time in proportion to the length of the object.
 * @throws KubeError `ERR_KUBE_CHANGES_TOO_MANY`; MaskError
 */
export function tellEffect(question: EffectQuestion, hmac: Hmac): Effect | Fault {
  const write = writeOf(question);
  if (write instanceof Fault) return write;
  const before = question.before && documentOf(question.before);
  if (before instanceof Fault) return before;
  const result = documentOf(question.result);
  if (result instanceof Fault) return result;
  if (before && uncoversValue(question, { before, after: result, sent: write.value ?? null }))
    return new Fault('ERR_MASKED_VALUE_UNCOVERED', 'it would be shown');
  const object = before ? seenObject(before.value) : unseenObject(write);
  if (object instanceof Fault) return object;
  const outcome: Outcome = { write, before, after: isRemoval(write) ? undefined : result };
  const changes = changesOf(outcome);
  const digest = effectDigest(outcome, changes, hmac);
  return { digest, object, ...describeEffect(question, outcome, changes, hmac) };
}

/** Whether the write would show a value that is masked for whoever sends it. */
function uncoversValue({ request, isRevealed, body }: EffectQuestion, rewriting: Rewriting): boolean {
  const written = body?.written;
  if (!(written?.mayUncover || written?.mayUnname) || isRevealed) return false;
  const masking = maskingFor(request);
  return masking !== undefined && atOnce(uncovers(rewriting, masking));
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
