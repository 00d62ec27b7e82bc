// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '@countersign/policy';
import { Hono } from 'hono';
import type { Decided } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Log } from '../log/log.ts';
import { Sessions } from '../sessions/sessions.ts';
import { LiveExchanges } from '../streams/live-exchanges.ts';
import type { ControlCaller } from './authorize.ts';
import { endSession, listSessions } from './session-routes.ts';

const principal = { kind: 'agent', id: 'a', owner: 'o', act: [] } as unknown as Principal;
const token = { issuer: 'i', subject: 's', credentialDigest: 'd', expiresAt: 0 } as unknown as TokenFacts;

test('only an operator ends a session, only one that is open, and only what belongs to it', async () => {
  const log = { append: async () => ({ index: 0 }) } as unknown as Log;
  const sessions = new Sessions(log, () => new Date(), assert.ifError);
  const { session } = await sessions.enter(principal, 'lab', token);
  const live = new LiveExchanges();
  const ended: string[] = [];
  for (const [id, of] of [
    ['own', session],
    ['other', 'another'],
  ] as const) {
    const facts = { id, session: of, cluster: 'lab', principal, upstreamGroups: [], token };
    live.add(facts, (fault: Fault) => ended.push(`${id} ${fault.code}`));
  }
  const ask = async (role: string, id: string) => {
    const caller = { roles: [role], token } as unknown as ControlCaller;
    const app = new Hono().delete('/:id', (context) =>
      endSession(context, { sessions, live }, { caller, requestId: 'r' }),
    );
    const answer = await app.request(`https://gateway/${id}`, { method: 'DELETE' });
    return [answer.status, answer.status === 200 ? await answer.json() : undefined];
  };
  assert.deepEqual(await ask('auditor', session), [403, undefined]);
  assert.deepEqual(await ask('operator', 'another'), [404, undefined]);
  assert.deepEqual(ended, []);
  assert.deepEqual(await ask('operator', session), [200, { session, ended: 1 }]);
  assert.deepEqual(ended, ['own ERR_ENDED']);
  assert.deepEqual(await ask('operator', session), [404, undefined]);
  await sessions.close();
});

test('each open session is listed with the streams that it has under way', async () => {
  const log = { append: async () => ({ index: 0 }) } as unknown as Log;
  const at = new Date('2026-11-24T00:00:00Z');
  const sessions = new Sessions(log, () => at, assert.ifError);
  const { session } = await sessions.enter(principal, 'lab', token);
  const live = new LiveExchanges();
  for (const lane of ['watch', 'exec', 'read', undefined]) {
    const facts = { id: String(lane), session, cluster: 'lab', principal, upstreamGroups: [], token };
    const life = live.add(facts, () => undefined);
    if (lane !== undefined) life.decided({ lane, made: { decision: { effect: 'allow' } } } as unknown as Decided);
  }
  const app = new Hono().get('/', (context) => listSessions(context, { sessions, live }, 'r1'));
  const time = at.toISOString();
  assert.deepEqual(await (await app.request('https://gateway/')).json(), {
    items: [{ id: session, cluster: 'lab', agent: 'a', owner: 'o', since: time, lastAt: time, streams: 2 }],
  });
  await sessions.close();
});
