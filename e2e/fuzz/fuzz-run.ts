// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { KubeError, parseRequest, serializeTarget } from '@countersign/kube';
import { AS_BOT, recordedOf } from '../attacks/check-golden.ts';
import type { Field } from '../attacks/field.ts';
import { type Came, send } from '../attacks/send.ts';
import { type AuditEvent, readingOf } from '../installation/audit-events.ts';
import type { IndexedRecord } from '../installation.ts';
import { type FuzzCase, formatCase, makeCase, requestOf } from './fuzz-case.ts';

const BATCH = 100;
const CONCURRENCY = 4;
/** What the gateway itself never answers. */
const OWN_ERRORS = [500, 502, 504];

/** A case that showed what must not be. */
export interface Finding {
  readonly one: FuzzCase;
  readonly problem: string;
}

interface Sent {
  readonly one: FuzzCase;
  readonly came: Came;
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
  readonly finding: Finding | undefined;
}

/** Sends case after case until one shows what must not be, which is then made as small as it gets. */
export async function fuzz(field: Field, { seed, until }: FuzzOptions): Promise<FuzzReport> {
  let cases = 0;
  let passed = 0;
  while (!until()) {
    const batch = Array.from({ length: BATCH }, (_none, index) => makeCase(seed, cases + index));
    const { findings, reached } = await runBatch(field, batch);
    cases += batch.length;
    passed += reached;
    const [finding] = findings;
    if (finding) return { cases, passed, finding: await minimised(field, finding) };
  }
  return { cases, passed, finding: undefined };
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

async function runBatch(
  field: Field,
  batch: readonly FuzzCase[],
): Promise<{ readonly findings: readonly Finding[]; readonly reached: number }> {
  const { pid } = field.site.gateway;
  const findings: Finding[] = [];
  const { result: sent, seen } = await field.seenOf(() => sendAll(field, batch, findings));
  if (field.site.gateway.pid !== pid || field.site.gateway.child.exitCode !== null)
    throw new TypeError('the gateway is gone');
  const audited = new Map(seen.map((event) => [event.auditID, event]));
  for (const { one, came } of sent) {
    const problem = answerProblem(came, audited.get(came.id)) ?? targetProblem(one, audited.get(came.id));
    if (problem) findings.push({ one, problem });
  }
  const byId = new Map(sent.map(({ one, came }) => [came.id, one]));
  const records = await recordsOf(field);
  for (const event of seen) {
    const problem = eventProblem(event, records.get(event.auditID));
    const one = byId.get(event.auditID) ?? batch[0];
    if (problem && one) findings.push({ one, problem });
  }
  return { findings, reached: seen.length };
}

async function sendAll(field: Field, batch: readonly FuzzCase[], findings: Finding[]): Promise<readonly Sent[]> {
  const aim = { address: await field.address(), prefix: '/clusters/lab', token: await field.site.token('bot') };
  const waiting = [...batch];
  const sent: Sent[] = [];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        sent.push({ one, came: await send({ request: requestOf(one) }, one.over, aim) });
      } catch (error) {
        // A client of HTTP/2 refuses by itself to send some of them.
        if (error instanceof assert.AssertionError) findings.push({ one, problem: error.message });
        else if (one.over === 'HTTP/1.1') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return sent;
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
  const { method, target } = requestOf(one);
  try {
    const expected = serializeTarget(parseRequest(method, target));
    return event.requestURI === expected ? undefined : `sent ${event.requestURI} for ${expected}`;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return `sent ${event.requestURI} for what can't be read: ${error.code}`;
  }
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
