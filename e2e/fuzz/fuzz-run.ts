// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { KubeError, parseRequest, serializeTarget, withQueryValue } from '@countersign/kube';
import { AS_BOT, recordedOf } from '../attacks/check-golden.ts';
import type { Field } from '../attacks/field.ts';
import { type Aim, type Came, send } from '../attacks/send.ts';
import { type AuditEvent, readingOf } from '../installation/audit-events.ts';
import type { IndexedRecord } from '../installation.ts';
import { type FuzzCase, formatCase, makeCase, requestOf } from './fuzz-case.ts';
import { sendAll } from './send-all.ts';
import { isMalformed, isNotSent } from './unanswered.ts';

const BATCH = 100;
/** What the gateway itself never answers. */
const OWN_ERRORS = [500, 502, 504];
/** How a stream ends that HTTP/2 calls malformed. */
const MALFORMED = 'it was reset with code 1';

/** A case that showed what must not be. */
export interface Finding {
  readonly one: FuzzCase;
  readonly problem: string;
}

interface Sent {
  readonly one: FuzzCase;
  /** What came back; what was wrong with the connection; or nothing, where the client sent none of it. */
  readonly came: Came | { readonly problem: string } | undefined;
}

type ExchangeRecord = IndexedRecord['record'] & { readonly exchange: string };

export interface FuzzOptions {
  readonly seed: number;
  /** No batch begins after this. */
  readonly until: () => boolean;
}

/** How a run went. */
export interface FuzzReport {
  readonly cases: number;
  /** How many reached the API server. */
  readonly passed: number;
  /** How many got no answer, as they are none that HTTP/2 has. */
  readonly unanswered: number;
  readonly finding: Finding | undefined;
}

/** Sends case after case until one shows what must not be, which is then made as small as it gets. */
export async function fuzz(field: Field, { seed, until }: FuzzOptions): Promise<FuzzReport> {
  let [cases, passed, unanswered] = [0, 0, 0];
  while (!until()) {
    const batch = Array.from({ length: BATCH }, (_none, index) => makeCase(seed, cases + index));
    const ran = await runBatch(field, batch);
    cases += batch.length;
    passed += ran.reached;
    unanswered += ran.unanswered;
    const [finding] = ran.findings;
    if (finding) return { cases, passed, unanswered, finding: await minimised(field, finding) };
  }
  return { cases, passed, unanswered, finding: undefined };
}

/** Drops one mutation after another for as long as the case still shows something. */
async function minimised(field: Field, finding: Finding): Promise<Finding> {
  const { one } = finding;
  for (const [index] of one.mutations.entries()) {
    const smaller = { ...one, mutations: one.mutations.filter((_mutation, at) => at !== index) };
    const [found] = (await runBatch(field, [smaller])).findings;
    if (found) return minimised(field, found);
  }
  return finding;
}

interface BatchReport extends Pick<FuzzReport, 'unanswered'> {
  readonly findings: readonly Finding[];
  readonly reached: number;
}

async function runBatch(field: Field, batch: readonly FuzzCase[]): Promise<BatchReport> {
  const { pid } = field.site.gateway;
  const aim = { address: await field.address(), prefix: '/clusters/lab', token: await field.site.token('bot') };
  const { result: sent, seen } = await field.seenOf(() => sendAll(batch, (one) => sendOne(one, aim)));
  if (field.site.gateway.pid !== pid || field.site.gateway.child.exitCode !== null)
    throw new TypeError('the gateway is gone');
  const audited = new Map(seen.map((event) => [event.auditID, event]));
  const findings = sent.flatMap(({ one, came }): readonly Finding[] => {
    const problem = problemOf(one, came, audited);
    return problem ? [{ one, problem }] : [];
  });
  const byId = new Map(sent.flatMap(({ one, came }) => (came && 'id' in came ? [[came.id, one] as const] : [])));
  const records = await recordsOf(field);
  for (const event of seen) {
    const problem = eventProblem(event, records.get(event.auditID));
    const one = byId.get(event.auditID) ?? batch[0];
    if (problem && one) findings.push({ one, problem });
  }
  return { findings, reached: seen.length, unanswered: sent.filter(({ came }) => isUnanswered(came)).length };
}

async function sendOne(one: FuzzCase, aim: Aim): Promise<Sent> {
  try {
    return { one, came: await send({ request: requestOf(one) }, one.over, aim) };
  } catch (error) {
    if (isNotSent(error)) return { one, came: undefined };
    return { one, came: { problem: `over ${one.over}: ${error instanceof Error ? error.message : error}` } };
  }
}

function isUnanswered(came: Sent['came']): boolean {
  return came === undefined || ('answer' in came && came.answer === 'reset');
}

function problemOf(one: FuzzCase, came: Sent['came'], audited: ReadonlyMap<string, AuditEvent>): string | undefined {
  if (came === undefined) return undefined;
  if ('problem' in came) return came.problem;
  if (came.answer === 'reset') {
    const isRight = came.ended === MALFORMED && isMalformed(requestOf(one));
    return isRight ? undefined : `no answer over ${one.over}: ${came.ended}`;
  }
  return answerProblem(came, audited.get(came.id)) ?? targetProblem(one, audited.get(came.id));
}

/** The records of each exchange, as far as the log has been written. */
async function recordsOf(field: Field): Promise<ReadonlyMap<string, readonly ExchangeRecord[]>> {
  const records = await field.newRecords();
  return Map.groupBy(
    records.flatMap(({ record }) => ('exchange' in record && record.exchange ? [record as ExchangeRecord] : [])),
    ({ exchange }) => exchange,
  );
}

/** Every answer is one that the API server gave, or a Status of the gateway's own, and none of those is an accident. */
function answerProblem({ answer, body, id }: Came, event: AuditEvent | undefined): string | undefined {
  if (typeof answer === 'string' || event !== undefined) return undefined;
  if (answer < 400) return `answered ${answer}, and the API server has seen nothing (${id})`;
  if (OWN_ERRORS.includes(answer)) return `answered ${answer} by itself: ${body.slice(0, 300)}`;
  if (body === '') return undefined;
  try {
    const status = JSON.parse(body);
    return status.kind === 'Status' && status.code === answer ? undefined : `no Status: ${body.slice(0, 300)}`;
  } catch {
    // Of a refused discovery client-go reads the text alone.
    return answer === 403 && body.includes(id) ? undefined : `no Status: ${body.slice(0, 300)}`;
  }
}

/** What was sent is what our own reading of the request writes. */
function targetProblem(one: FuzzCase, event: AuditEvent | undefined): string | undefined {
  if (event === undefined) return undefined;
  const asked = requestOf(one);
  try {
    const expected = targetsOf(asked);
    return expected.includes(event.requestURI) ? undefined : `sent ${event.requestURI} for ${expected.join(' or ')}`;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return `sent ${event.requestURI} for what can't be read: ${error.code}`;
  }
}

/** As it is read; of a Table, whose rows may have to be masked by their objects, with those too. @throws KubeError */
function targetsOf({ method, target, headers }: ReturnType<typeof requestOf>): readonly string[] {
  const read = parseRequest(method, target);
  const asIs = serializeTarget(read);
  if (!headers.some(([name, value]) => name.toLowerCase() === 'accept' && value.includes('as=Table'))) return [asIs];
  const whole = withQueryValue(read.query, 'includeObject', 'Object');
  return [asIs, serializeTarget({ segments: read.segments, query: whole })];
}

/** What the API server did is on record, as the agent, and read as the API server read it. */
function eventProblem(event: AuditEvent, records: readonly ExchangeRecord[] | undefined): string | undefined {
  if (records === undefined) return `${event.verb} ${event.requestURI} is not on record`;
  try {
    assert.deepEqual(event.impersonatedUser, AS_BOT);
  } catch {
    return `${event.requestURI} was done as ${JSON.stringify(event.impersonatedUser)}`;
  }
  const request = records.flatMap((record) => ('request' in record && record.request ? [record.request] : []))[0];
  if (request === undefined)
    return records.some(({ type }) => type === 'upkeep') ? undefined : 'its record says no request';
  const [recorded, read] = [recordedOf(request as never), readingOf(event)].map(comparable);
  return recorded === read ? undefined : `on record as ${recorded}, read as ${read}`;
}

/** The name of what is created comes from the body, which the API server reads where it can. */
function comparable(reading: string): string {
  const parts = (reading.split(' ')[0] ?? '').split('|');
  return (parts[0] === 'create' && parts.length === 7 ? parts.with(6, '*') : parts).join('|');
}

/** The finding as somebody can send it again. */
export function formatFinding({ one, problem }: Finding): string {
  return [
    problem,
    `seed ${one.seed}, case ${one.number}, with ${one.mutations.length} mutations left:`,
    formatCase(one),
  ].join('\n');
}
