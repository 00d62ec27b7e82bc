// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { GoldenAttack, Transport } from '../../conformance/golden-attacks.ts';
import { type AuditEvent, readingOf } from '../installation/audit-events.ts';
import { causeOf, type Field } from './field.ts';
import { type Came, send } from './send.ts';

/** Who the API server must see behind whatever reaches it. */
export const AS_BOT = { username: 'countersign:agent:bot', groups: ['countersign:bots', 'system:authenticated'] };

/** Something that stands in front of the gateway. */
export interface Fronting {
  readonly port: number;
  /** What it answers by itself to a case, and passes nothing on. */
  readonly ownAnswer: (golden: GoldenAttack, over: Transport) => Came['answer'] | undefined;
}

/**
 * Sends a golden case, to the gateway or to what stands in front of it, and holds what came of it, on both sides of the
 * gateway, against what must.
 */
export async function checkGolden(
  golden: GoldenAttack,
  over: Transport,
  field: Field,
  fronting?: Fronting,
): Promise<void> {
  const address = await field.address();
  const aim = {
    address: { ...address, port: fronting?.port ?? address.port },
    prefix: '/clusters/lab',
    token: await field.site.token('bot'),
  };
  const { result: came, seen } = await field.seenOf(() => send(golden, over, aim));
  const own = fronting?.ownAnswer(golden, over);
  if (own !== undefined) {
    assert.deepEqual([came.answer, came.id, seen.map(({ requestURI }) => requestURI)], [own, '', []], came.body);
    return;
  }
  assertAnswer(golden, over, came, fronting === undefined);
  assert.ok(came.id === '' || !JSON.stringify(golden.request).includes(came.id), 'the request id is of the caller');
  assertSeen(golden, came, seen);
  const { record } = golden.expected;
  if (record !== undefined) assert.equal(recordedOf(await field.recordedRequest(came.id)), record, 'on record as');
  await withdrawAsked(came, aim.token, field);
}

/** Of what waits already nothing is looked at again: the next try of the same asks anew. */
async function withdrawAsked(came: Came, token: string, field: Field): Promise<void> {
  const asked = /\{[^{}]*"field":"approval"[^{}]*\}/.exec(came.body)?.[0];
  if (asked === undefined) return;
  const { status, text } = await field.askControl('POST', `/approvals/${JSON.parse(asked).message}/withdraw`, {
    token,
    body: { reason: 'it was tried' },
  });
  assert.equal(status, 200, text);
}

function assertAnswer({ expected }: GoldenAttack, over: Transport, came: Came, isDirect: boolean): void {
  assert.equal(came.answer, expected.answer, came.body.slice(0, 2_000));
  // Another's connection is another's to close.
  if (over === 'HTTP/1.1' && isDirect) {
    assert.equal(came.closes, expected.closes, 'whether the connection is closed');
    assert.equal(came.answers, 1, 'how many answers came');
  }
  // Of a HEAD nothing comes but its head; what the API server says is its own affair.
  if (typeof came.answer === 'string' || came.body === '' || expected.upstream !== undefined) return;
  const status = JSON.parse(came.body);
  assert.deepEqual([status.kind, status.code, causeOf(status)], ['Status', came.answer, expected.cause], came.body);
  if (expected.says !== undefined) assert.ok(status.message.includes(expected.says), came.body);
}

function assertSeen({ expected }: GoldenAttack, came: Came, seen: readonly AuditEvent[]): void {
  for (const event of seen) assert.deepEqual(event.impersonatedUser, AS_BOT);
  // Of some answers no id can be read.
  const own = seen.filter(({ auditID }) => auditID === came.id || came.id === '');
  const looked = seen.filter((event) => !own.includes(event));
  const wanted = (one: string | undefined) => (one === undefined ? [] : [one]);
  assert.deepEqual(
    own.map((event) => `${readingOf(event)} ${event.requestURI}`),
    wanted(expected.upstream),
    'reached the API server',
  );
  assert.deepEqual(looked.map(readingOf), expected.looks, 'asked of the API server');
}

/** A record's request in the words of an audit event. */
export function recordedOf(request: Readonly<Record<string, string>>): string {
  const { kind, verb = '', group, version, namespace, resource, subresource, name, path } = request;
  if (kind === 'non-resource') return `non-resource|${verb} ${path}`;
  return [verb, group, version, namespace, resource, subresource, name].join('|');
}
