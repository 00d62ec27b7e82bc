// SPDX-License-Identifier: Apache-2.0
import {
  isJsonArray,
  type JsonValue,
  jsonAt,
  queryBoolean,
  queryValue,
  queryValues,
  serializeTarget,
} from '@countersign/kube';
import { describeTarget, queryPorts } from '@countersign/policy';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { visibleText } from '../visible-text.ts';
import { type EffectParts, objectAt } from './ask-dry-run.ts';
import type { Change, Effect } from './effect.ts';
import { shownWords } from './shown-text.ts';

/** Where a pod has containers that a session can reach into, and where it says what runs in them. */
const LISTS = [
  ['containers', 'containerStatuses'],
  ['initContainers', 'initContainerStatuses'],
  ['ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

/** What a session reaches into. */
interface Place {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of an exec or attach. */
  readonly container?: Container;
}

interface Container {
  readonly name: string;
  readonly image: string;
  /** What the node runs of it: a tag may name another image tomorrow. "" where it does not say. */
  readonly imageId: string;
}

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

function textAt(value: JsonValue | undefined, ...path: readonly string[]): string {
  const text = jsonAt(value, ...path);
  return typeof text === 'string' ? text : '';
}

function itemsAt(value: JsonValue, ...path: readonly string[]): readonly JsonValue[] {
  const items = jsonAt(value, ...path);
  return isJsonArray(items) ? items : [];
}

/** The container that the API server would take: the one that is named, or the only one. */
function containerOf(pod: JsonValue, named: string): Container | Fault {
  const usual = itemsAt(pod, 'spec', 'containers');
  if (named === '' && usual.length !== 1) return unknown('the pod has several containers; name one of them');
  const name = named === '' ? textAt(usual[0], 'name') : named;
  for (const [list, statuses] of LISTS) {
    const found = itemsAt(pod, 'spec', list).find((one) => textAt(one, 'name') === name);
    const status = itemsAt(pod, 'status', statuses).find((one) => textAt(one, 'name') === name);
    if (found) return { name, image: textAt(found, 'image'), imageId: textAt(status, 'imageID') };
  }
  return unknown('the pod has no such container');
}

function placeOf({ lane, request }: Decided, pod: JsonValue): Place | Fault {
  const [uid, resourceVersion] = [textAt(pod, 'metadata', 'uid'), textAt(pod, 'metadata', 'resourceVersion')];
  if (uid === '' || resourceVersion === '') return unknown('the pod has no uid or no version');
  if (lane !== 'exec') return { uid, resourceVersion };
  const container = containerOf(pod, queryValue(request.query, 'container') ?? '');
  return container instanceof Fault ? container : { uid, resourceVersion, container };
}

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
    const { segments } = exchange.request;
    const pod = await objectAt(exchange, serializeTarget({ segments: segments.slice(0, -1), query: [] }), parts);
    if (pod instanceof Fault) return pod;
    if (pod === undefined) return new Fault('ERR_OBJECT_ABSENT');
    const place = placeOf(exchange, pod.value);
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
