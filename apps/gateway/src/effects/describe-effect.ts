// SPDX-License-Identifier: Apache-2.0
import {
  type FieldChange,
  formatChangePath,
  isJsonArray,
  JsonNumber,
  type JsonValue,
  jsonAt,
  parseDeleteOptions,
  parseJson,
  queryBoolean,
  type Side,
  serializeJson,
  valueAtPath,
} from '@countersign/kube';
import { createMasker, type Hmac, LearnedValues, maskingFor } from '@countersign/mask';
import { boundedInflate } from '../bounded-inflate.ts';
import type { Gathered, JudgedBody } from '../exchange.ts';
import { askedAction } from './asked-action.ts';
import type { Change, Effect, Outcome } from './effect.ts';
import { namedOf } from './named-fields.ts';
import { areCut, shownTexts, shownWords } from './shown-text.ts';
import { takenAlong } from './taken-along.ts';
import { isRemoval } from './write-of.ts';

const MAX_CHANGES = 100;
const MAX_CHARACTERS = 16_384;
const MAX_LISTED = 8;
const USUAL = 'as is usual for its kind';

/** What an effect is told by beside its outcome. */
export interface Described extends Pick<Gathered, 'request' | 'cluster' | 'dryRun'> {
  readonly body: Pick<JudgedBody, 'target' | 'written'> | undefined;
}

/** An object with masks for all that the agent's own reads have masks for, whatever a rule reveals to the agent. */
function masked({ request, cluster, body }: Described, bytes: Uint8Array, hmac: Hmac): JsonValue {
  const plan = maskingFor(request.kind === 'resource' ? { ...request, verb: 'get' } : request);
  if (!plan) throw new TypeError('an effect is of a resource');
  const learned = body?.written ? { learned: LearnedValues.unpack(body.written.packed) } : {};
  const masker = createMasker(plan, { hmac, cluster, inflate: boundedInflate, ...learned });
  return parseJson(Buffer.concat([masker.write(bytes), masker.end()]));
}

/** What the approver is shown of an outcome: a sentence, and the changes, masked. */
export function describeEffect(
  exchange: Described,
  outcome: Outcome,
  changes: readonly FieldChange[],
  hmac: Hmac,
): Pick<Effect, 'summary' | 'changes' | 'omitted' | 'named'> {
  const documents = {
    before: outcome.before && masked(exchange, outcome.before.bytes, hmac),
    after: outcome.after && masked(exchange, outcome.after.bytes, hmac),
  };
  const shown: Change[] = [];
  let [characters, whole] = [0, 0];
  for (const change of changes.slice(0, MAX_CHANGES)) {
    const { isWhole, ...next } = shownChange(change, documents);
    characters += next.path.length + (next.before?.length ?? 0) + (next.after?.length ?? 0);
    if (characters > MAX_CHARACTERS) break;
    shown.push(next);
    if (isWhole) whole += 1;
  }
  const omitted = changes.length - whole;
  const summary = summaryOf(exchange, outcome, documents.before, changes.length);
  const named = outcome.before ? {} : { named: namedOf(outcome.write.value, changes.slice(0, shown.length)) };
  return { summary, changes: shown, omitted, ...named };
}

/** What stands where a change is, taken from the masked documents: the masks are at the same paths as the values. */
function shownChange(
  { path, before, after }: FieldChange,
  documents: Readonly<Record<Side, JsonValue | undefined>>,
): Change & { readonly isWhole: boolean } {
  const side: Side = after === undefined ? 'before' : 'after';
  const textOf = (value: JsonValue | undefined, of: Side) => {
    if (value === undefined) return undefined;
    const seen = valueAtPath(documents[of], path, of);
    return seen === undefined ? '(masked)' : serializeJson(seen);
  };
  const { isCut = false, ...texts } = shownTexts(textOf(before, 'before'), textOf(after, 'after'));
  const where = shownWords(formatChangePath(path, documents[side], side));
  return { path: where, ...texts, isWhole: !isCut && !areCut(where) };
}

function summaryOf(exchange: Described, outcome: Outcome, live: JsonValue | undefined, count: number): string {
  const { write, before } = outcome;
  const target = askedAction(exchange);
  if (!before) return shownWords(`${target}; there is no such object yet`);
  if (isScaling(exchange)) return shownWords(`${target}; ${scalingOf(outcome)}`);
  if (!isRemoval(write))
    return shownWords(`${target}; ${count === 0 ? 'changes nothing' : `changes ${fields(count)}`}${forceOf(exchange)}`);
  return shownWords([target, ...removalOf(write, live)].join('; '));
}

/** An apply by force takes over fields that others manage, whether it changes them or not. */
function forceOf({ request }: Described): string {
  const isForced = request.kind === 'resource' && request.verb === 'patch' && queryBoolean(request.query, 'force');
  return isForced ? '; by force: it takes over fields that others manage' : '';
}

function isScaling({ request }: Described): boolean {
  return request.kind === 'resource' && request.subresource === 'scale';
}

/** How many there are, and are to be: an API server leaves a 0 out, which no difference of fields then tells. */
function scalingOf({ before, after }: Outcome): string {
  const [from, to] = [before, after].map((document) => {
    const replicas = jsonAt(document?.value, 'spec', 'replicas');
    return replicas instanceof JsonNumber ? replicas.text : '0';
  });
  return `from ${from} to ${to} replicas`;
}

function fields(count: number): string {
  return count === 1 ? 'one field' : `${count} fields`;
}

/** How something is removed: by which propagation, and in how many seconds where that is not left to its kind. */
function manner({ request, value }: Outcome['write']): { readonly propagation: string; readonly seconds: string } {
  if (request.subresource === 'eviction') {
    const [policy, grace] = ['propagationPolicy', 'gracePeriodSeconds'].map((name) =>
      jsonAt(value, 'deleteOptions', name),
    );
    return {
      propagation: typeof policy === 'string' ? policy : USUAL,
      seconds: grace instanceof JsonNumber ? grace.text : '',
    };
  }
  const { propagationPolicy, orphanDependents, gracePeriodSeconds } = parseDeleteOptions(request, value);
  // The older way to say it.
  const older = orphanDependents === undefined ? USUAL : orphanDependents ? 'Orphan' : 'Background';
  return { propagation: propagationPolicy ?? older, seconds: gracePeriodSeconds?.toString() ?? '' };
}

/** The same in words. */
export function mannerWords(write: Outcome['write']): readonly string[] {
  const { propagation, seconds } = manner(write);
  return [`propagation ${propagation}`, ...(seconds === '' ? [] : [`grace period ${seconds} seconds`])];
}

/** What a delete takes along, or leaves behind. */
function removalOf(write: Outcome['write'], live: JsonValue | undefined): string[] {
  const uid = jsonAt(live, 'metadata', 'uid');
  const finalizers = listed(jsonAt(live, 'metadata', 'finalizers'), (item) => item);
  const owners = listed(jsonAt(live, 'metadata', 'ownerReferences'), (owner) => {
    const [kind, name] = [jsonAt(owner, 'kind'), jsonAt(owner, 'name')];
    return typeof kind === 'string' && typeof name === 'string' ? `${kind} ${name}` : undefined;
  });
  return [
    ...takenAlong(write, live),
    ...(typeof uid === 'string' ? [`uid ${uid}`] : []),
    ...mannerWords(write),
    ...(finalizers === '' ? [] : [`waits for its finalizers ${finalizers}`]),
    ...(owners === '' ? [] : [`owned by ${owners}, which may make it again`]),
  ];
}

function listed(items: JsonValue | undefined, textOf: (item: JsonValue) => JsonValue | undefined): string {
  const texts = (isJsonArray(items) ? items : []).map(textOf).filter((text) => typeof text === 'string');
  const rest = texts.length > MAX_LISTED ? [`${texts.length - MAX_LISTED} more`] : [];
  return [...texts.slice(0, MAX_LISTED), ...rest].join(', ');
}
