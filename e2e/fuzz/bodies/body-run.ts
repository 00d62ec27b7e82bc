// SPDX-License-Identifier: Apache-2.0
import {
  isJsonObject,
  type JsonValue,
  type Method,
  parseJson,
  parseRequest,
  readBody,
  serializeJson,
} from '@countersign/kube';
import { factsOf, type ObjectFacts } from '@countersign/policy';
import { type Came, send } from '../../attacks/send.ts';
import type { AuditEvent } from '../../installation/audit-events.ts';
import { sendAll } from '../send-all.ts';
import { type BodyCase, formatBodyCase, makeBodyCase, STANDING } from './body-case.ts';
import { type BodyAnswer, type BodyField, plainOf } from './body-field.ts';

const BATCH = 100;

export interface BodyFinding {
  readonly one: BodyCase;
  readonly problem: string;
}

export interface BodyReport {
  readonly cases: number;
  /** How many the API server has done. */
  readonly done: number;
  readonly finding: BodyFinding | undefined;
}

interface Sent {
  readonly one: BodyCase;
  readonly came: Came;
  readonly direct: BodyAnswer;
}

/** Writes body after body, through the gateway and past it, until one shows what must not be. */
export async function fuzzBodies(
  field: BodyField,
  { seed, until }: { readonly seed: number; readonly until: () => boolean },
): Promise<BodyReport> {
  let [cases, done] = [0, 0];
  while (!until()) {
    const batch = Array.from({ length: BATCH }, (_none, index) => makeBodyCase(seed, cases + index));
    const sent = await sendBatch(field, batch);
    const marker = await field.site.as('fuzzer').call('GET', '/version');
    const passed = sent.filter(({ came }) => !isOwn(came)).map(({ came }) => came.id);
    const events = await field.seen([marker.id, ...passed]);
    const judged = await field.judged();
    cases += batch.length;
    done += sent.filter(({ came }) => typeof came.answer === 'number' && came.answer < 300).length;
    for (const each of sent) {
      const problem = problemOf(each, events.get(each.came.id), judged.get(each.came.id) as ObjectFacts | undefined);
      if (problem) return { cases, done, finding: { one: each.one, problem } };
    }
  }
  return { cases, done, finding: undefined };
}

/** Whether the gateway has answered by itself: nothing but a Status of its own has a cause of its own. */
function isOwn({ answer, body }: Came): boolean {
  return typeof answer === 'string' || (answer >= 400 && /"reason":"ERR_/.test(body));
}

async function sendBatch(field: BodyField, batch: readonly BodyCase[]): Promise<readonly Sent[]> {
  const aim = { address: await field.address(), prefix: '/clusters/lab', token: await field.site.token('fuzzer') };
  return sendAll(batch, async (one) => {
    const [came, direct] = await Promise.all([send({ request: plainOf(one) }, 'HTTP/1.1', aim), field.direct(one)]);
    return { one, came, direct };
  });
}

/**
 * A body is refused with a Status and nothing reaches the API server; or what comes of it is what comes of it without a
 * gateway, and policy has judged what the API server made of it.
 */
function problemOf({ one, came, direct }: Sent, event: AuditEvent | undefined, judged: ObjectFacts | undefined) {
  if (typeof came.answer === 'string') return `${came.answer} without an answer`;
  if (event === undefined) return refusalProblem(came);
  if (came.answer !== direct.status)
    return `answered ${came.answer}, directly ${direct.status}: ${came.body} ${direct.text}`;
  // What the API server refuses it refuses by itself, with a 500 too where its apply fails at a type.
  if (came.answer >= 300) return undefined;
  const [ours, theirs] = [came.body, direct.text].map((text) => parseJson(Buffer.from(text)));
  if (ours === undefined || theirs === undefined) return 'no object came';
  const [mine, other] = [ours, theirs].map((value) => serializeJson(withoutTimes(value)).replaceAll(TOKEN_VOLUME, ''));
  if (mine !== other) return `the API server made ${mine} of it, and directly ${other}`;
  if (judged === undefined) return 'nothing is on record of what policy judged';
  return readingProblem(one, judged) ?? factsProblem(one, judged, theirs);
}

function refusalProblem({ answer, body }: Came): string | undefined {
  if (Number(answer) < 400 || Number(answer) >= 500) return `answered ${answer} by itself: ${body}`;
  const isStatus = body.startsWith('{') && JSON.parse(body).kind === 'Status' && JSON.parse(body).code === answer;
  return isStatus ? undefined : `no Status: ${body}`;
}

/** How the volume of a pod with its token is called: at random. */
const TOKEN_VOLUME = /(?<=kube-api-access-)[a-z0-9]{5}/g;
/** Members of metadata that are made anew each time. */
const MADE: ReadonlySet<string> = new Set([
  'uid',
  'creationTimestamp',
  'managedFields',
  'resourceVersion',
  'generation',
]);

function withoutTimes(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const kept = [...value].map(([key, member]): [string, JsonValue] => {
    if (key !== 'metadata' || !isJsonObject(member)) return [key, member];
    return [key, new Map([...member].filter(([name]) => !MADE.has(name)))];
  });
  return new Map(kept);
}

/** What policy judged is what our own reading of the bytes gives. */
function readingProblem({ method, target, contentType, body }: BodyCase, judged: ObjectFacts): string | undefined {
  let read: ReturnType<typeof readBody>;
  try {
    read = readBody(contentType, method as Method, Buffer.from(body, 'latin1'));
  } catch (error) {
    return `judged ${spelled(judged)}, where the body can't be read: ${error}`;
  }
  const [own, theirs] = [factsOf(read.format, read.value, targetOf(method, target)), judged].map(spelled);
  return own === theirs ? undefined : `judged ${theirs}, where the body says ${own}`;
}

function targetOf(method: string, target: string): { group: string; resource: string } {
  const request = parseRequest(method, target);
  if (request.kind !== 'resource') throw new TypeError(`${target} names no resource`);
  return request;
}

const STANDING_FACTS = factsOf('json', parseJson(Buffer.from(JSON.stringify(STANDING))), {
  group: 'things.example.com',
  resource: 'things',
});

/** Nothing is in the object that was neither judged nor there before. Of pods the API server adds what it likes. */
function factsProblem({ method, target }: BodyCase, judged: ObjectFacts, made: JsonValue): string | undefined {
  const to = targetOf(method, target);
  if (to.resource === 'pods' || judged.opaque) return undefined;
  const stored = factsOf('json', made, to);
  for (const [name, value] of Object.entries(stored)) {
    if (['apiVersion', 'kind', 'name'].includes(name)) continue;
    const before = to.resource === 'things' && method !== 'POST' ? STANDING_FACTS : undefined;
    const known: unknown[] = [judged, before].map((facts) => facts?.[name as keyof ObjectFacts]);
    // What the API server says where the body says nothing.
    if (name === 'type' && judged.type === '') known.push('Opaque');
    const missing = missingOf(value, known);
    if (missing !== undefined) return `${name} of what was made has ${missing}, which was not judged`;
  }
  return undefined;
}

function missingOf(value: unknown, known: readonly unknown[]): string | undefined {
  if (!Array.isArray(value)) {
    const isNothing = value === false || value === '' || value === undefined;
    return isNothing || known.includes(value) ? undefined : String(value);
  }
  const all = new Set(known.flatMap((list) => (Array.isArray(list) ? list.map(spelled) : [])));
  return value.map(spelled).find((item) => !all.has(item));
}

/** One spelling of a value, whatever the order of its members. */
function spelled(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** The finding as somebody can send it again. */
export function formatBodyFinding({ one, problem }: BodyFinding): string {
  return `${problem.slice(0, 4_000)}\n${formatBodyCase(one)}`;
}
