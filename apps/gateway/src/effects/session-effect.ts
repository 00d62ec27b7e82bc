// SPDX-License-Identifier: Apache-2.0
import { queryBoolean, queryValue, queryValues, serializeTarget } from '@countersign/kube';
import { describeTarget, queryPorts } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { visibleText } from '../visible-text.ts';
import { bytesAt, type EffectParts } from './ask-dry-run.ts';
import type { Change, Effect } from './effect.ts';
import type { Place } from './place-of.ts';
import { shownWords } from './shown-text.ts';

/** Keyed, as all digests that an approval is bound to; the request itself, its argv too, is bound beside it. */
function digestOf({ uid, container }: Place, { hmac }: EffectParts): Uint8Array {
  const { name = '', image = '', imageId = '' } = container ?? {};
  return hmac(Buffer.from(`countersign session v1\n${JSON.stringify([uid, name, image, imageId])}\n`));
}

/** An argv at most so long is shown whole; one argument of it at most so much. */
const MAX_CHARACTERS = 16_384;
const MAX_WORD = 4_096;

/** Each argument for itself, as JSON, which has one spelling for what could pass for the next one. */
function argvLines(command: readonly string[]): Pick<Effect, 'changes' | 'omitted'> {
  const changes: Change[] = [];
  let [characters, whole] = [0, 0];
  for (const [at, word] of command.entries()) {
    const text = visibleText(JSON.stringify(word));
    const isWhole = text.length <= MAX_WORD;
    const after = isWhole ? text : `${text.slice(0, MAX_WORD)}… (${text.length} characters)`;
    characters += after.length;
    if (characters > MAX_CHARACTERS) break;
    changes.push({ path: `command[${at}]`, after });
    if (isWhole) whole += 1;
  }
  return { changes, omitted: command.length - whole };
}

function lineOf(path: string, text: string): Change {
  return { path, after: shownWords(text) };
}

/** What there is to see of a session, name by name: nothing was there before. */
function shownOf({ lane, request, made }: Decided, { uid, container }: Place): Pick<Effect, 'changes' | 'omitted'> {
  if (lane === 'portforward') {
    const ports = queryPorts(made.input).join(', ') || 'those that policy permits, each asked for when it is opened';
    return { changes: [lineOf('ports', ports), lineOf('pod uid', uid)], omitted: 0 };
  }
  const { query } = request;
  const { changes, omitted } = argvLines(queryValues(query, 'command'));
  const { name = '', image = '', imageId = '' } = container ?? {};
  const has = (stream: string) => (queryBoolean(query, stream) ? 'yes' : 'no');
  const facts = [
    lineOf('terminal', has('tty')),
    lineOf('stdin', has('stdin')),
    lineOf('container', name),
    lineOf('image', image),
    ...(imageId === '' ? [] : [lineOf('image id', imageId)]),
    lineOf('pod uid', uid),
  ];
  return { changes: [...changes, ...facts], omitted };
}

function summaryOf({ request, lane }: Decided, { container }: Place): string {
  const what = describeTarget(request);
  if (lane === 'portforward') return shownWords(`${what}; each port is asked of policy again when it is opened`);
  const command = queryValues(request.query, 'command');
  const runs = command.length === 0 ? [] : [`runs ${command.length === 1 ? 'one word' : `${command.length} words`}`];
  const terminal = queryBoolean(request.query, 'tty') ? ['with a terminal'] : [];
  return shownWords([what, ...runs, `in container ${container?.name ?? ''}`, ...terminal].join('; '));
}

/**
 * Finds out, as the agent and on record, what a session would reach into: which pod, and for exec and attach which container
 * of which image. What it would do there nobody can try; a person sees what it would run.
 * @throws Fault, TunnelError, LogError, MaskError
 */
export function sessionEffect(parts: EffectParts): (exchange: Decided) => Promise<Effect | Fault> {
  return async (exchange) => {
    const { lane, request } = exchange;
    const { segments, query } = request;
    const pod = await bytesAt(exchange, serializeTarget({ segments: segments.slice(0, -1), query: [] }), parts);
    if (pod instanceof Fault) return pod;
    if (pod === undefined) return new Fault('ERR_OBJECT_ABSENT');
    const question = { lane, container: queryValue(query, 'container') ?? '', pod };
    const place = await parts.effects.find('place', question, askerOf(exchange));
    if (place instanceof Fault) return place;
    const { uid, resourceVersion } = place;
    return {
      digest: digestOf(place, parts),
      object: { uid, resourceVersion },
      summary: summaryOf(exchange, place),
      ...shownOf(exchange, place),
    };
  };
}
