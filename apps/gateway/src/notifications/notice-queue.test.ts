// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { NoticeQueue } from './notice-queue.ts';

const START = Date.parse('2026-11-30T00:00:00Z');
const RATE = { count: 3, seconds: 60 };
const EXCHANGE = randomUUID();
const APPROVAL = randomUUID();

const principal = { kind: 'agent', id: 'reporter', owner: 'ann@example.com', act: [] } as const;
const decision = { id: randomUUID(), occasion: 'request', effect: 'deny', policyDigest: '' } as const;
const request = {
  ...{ kind: 'resource', lane: 'write', verb: 'delete', group: 'apps', version: 'v1', namespace: 'demo' },
  ...{ resource: 'deployments', subresource: '', name: 'named-after-a-customer', dryRun: false },
} as const;

/** Of one exchange, with everything that records hold of people, names and words. */
function record(type: LogRecord['type'], more: object): LogRecord {
  const sealed = { reason: 'words of an agent', source: { address: '192.0.2.1' } };
  return { type, exchange: EXCHANGE, cluster: 'lab', principal, request, sealed, ...more } as unknown as LogRecord;
}

const refusal = (more: object = {}) =>
  record('refusal', {
    ...{ verdict: 'denied', fault: 'ERR_POLICY_DENIED', origin: 'policy', status: 403 },
    decision: { ...decision, rules: [{ set: 'lab', id: 'closed' }] },
    ...more,
  });
const undecided = (more: object = {}) =>
  refusal({ verdict: 'could not evaluate', fault: 'ERR_POLICY_UNAVAILABLE', ...more });
const answer = (more: object = {}) => record('answer', { status: 200, bytes: 2, masked: [], decision, ...more });

function openQueue(rate: typeof RATE | undefined = RATE) {
  const clock = { ms: 0 };
  const queue = new NoticeQueue({ logId: 'log', now: () => new Date(START + clock.ms) });
  queue.switch(rate);
  let index = 0;
  return {
    ...{ clock, queue },
    see(...records: readonly LogRecord[]) {
      queue.observe(records, index);
      index += records.length;
    },
    /** All that waits, taken, in short. */
    told: () =>
      queue.waiting().map(({ notice }) => {
        queue.took();
        const { agent, count, fault } = notice.about;
        return [notice.id, notice.type, agent, count, fault].filter((part) => part !== undefined).join(' ');
      }),
  };
}

test('of most records nobody is told anything, and of none while it is switched off', () => {
  const off = openQueue(undefined);
  off.queue.switch(undefined);
  off.see(undecided(), answer());
  assert.deepEqual([off.told(), off.queue.seen], [[], -1]);
  const on = openQueue();
  on.see({ type: 'heartbeat', state: 'open', freeBytes: 1, uptimeSeconds: 1 }, record('intent', { decision }));
  assert.deepEqual([on.told(), on.queue.first, on.queue.seen], [[], 0, 1]);
});

test('what is told of an approval has no person in it, no name of an object and no word of the agent', () => {
  const { queue, see } = openQueue();
  const groups = ['approvers'];
  const rules = [{ set: 'lab', id: 'asks' }];
  const times = { expiresAt: '2026-11-30T00:15:00.000000Z' };
  see(record('approval.asked', { approval: APPROVAL, digest: '0'.repeat(64), groups, rules, ...times }));
  see({ type: 'approval.approved', approval: APPROVAL, exchange: EXCHANGE, cluster: 'lab', by: 'grace', digest: '' });
  const [asked, approved] = queue.waiting().map(({ notice }) => notice);
  assert.deepEqual(asked, {
    id: 'log-0',
    type: 'approval-asked',
    at: new Date(START).toISOString(),
    about: {
      ...{ exchange: EXCHANGE, cluster: 'lab', agent: 'reporter', verb: 'delete', resource: 'deployments.apps' },
      ...{ namespace: 'demo', approval: APPROVAL, rules: ['lab/asks'], groups, ...times },
    },
  });
  assert.deepEqual(approved?.about, { approval: APPROVAL, cluster: 'lab' });
  assert.doesNotMatch(JSON.stringify([asked, approved]), /grace|ann@|customer|words|192\.0/);
});

test('an owner is a person, so a lock on one says no more than that', () => {
  const { queue, see } = openQueue();
  see({ type: 'lock', kind: 'owner', target: 'ann@example.com', by: 'o' });
  see({ type: 'unlock', kind: 'agent', target: 'reporter', by: 'o' });
  assert.deepEqual(
    queue.waiting().map(({ notice }) => notice.about),
    [{ lock: 'owner' }, { lock: 'agent', target: 'reporter' }],
  );
});

test('denials of one agent are told once they are as many as that in the time, and then not for a while', () => {
  const { clock, see, told } = openQueue();
  see(refusal(), refusal(), refusal({ principal: { ...principal, id: 'other' } }), refusal({ verdict: 'invalid' }));
  assert.deepEqual(told(), []);
  clock.ms = 59_999;
  see(refusal());
  assert.deepEqual(told(), ['log-4 denials reporter 3 ERR_POLICY_DENIED']);
  see(refusal(), refusal(), refusal());
  clock.ms = 60_000 + 15 * 60_000;
  see(refusal(), refusal());
  assert.deepEqual(told(), []);
  see(refusal());
  assert.deepEqual(told(), ['log-10 denials reporter 3 ERR_POLICY_DENIED']);
});

test('denials that are further apart than the time are never told', () => {
  const { clock, see, told } = openQueue();
  for (let each = 0; each < 50; each += 1) {
    clock.ms += 30_000;
    see(refusal());
  }
  assert.deepEqual(told(), []);
});

test('the first refusal that could not be evaluated is told at once, those of the minute after it together', () => {
  const { clock, see, told } = openQueue();
  see(undecided(), undecided(), undecided({ cluster: 'other' }), undecided());
  assert.deepEqual(told(), [
    'log-0 undecided reporter 1 ERR_POLICY_UNAVAILABLE',
    'log-2 undecided reporter 1 ERR_POLICY_UNAVAILABLE',
  ]);
  clock.ms = 59_999;
  assert.deepEqual(told(), []);
  clock.ms = 60_000;
  assert.deepEqual(told(), ['log-3 undecided reporter 2 ERR_POLICY_UNAVAILABLE']);
  clock.ms = 120_000;
  assert.deepEqual(told(), []);
  see(undecided());
  assert.deepEqual(told(), ['log-4 undecided reporter 1 ERR_POLICY_UNAVAILABLE']);
});

test('those that were only counted are told too, where it could not be evaluated who was calling', () => {
  const { see, told } = openQueue();
  const counted = { type: 'refusals', listener: 'data', count: 7, from: '', to: '' } as const;
  see({ ...counted, fault: 'ERR_IDENTITY_UNAVAILABLE' }, { ...counted, fault: 'ERR_TOKEN_MISSING' });
  assert.deepEqual(told(), ['log-0 undecided 7 ERR_IDENTITY_UNAVAILABLE']);
});

test('a use is what the cluster took of an agent, once for each cluster, verb and resource', () => {
  const { queue, see } = openQueue();
  const human = { ...principal, kind: 'human' };
  see(answer({ status: 404 }), answer({ principal: human }), refusal(), record('outcome', { result: 'failed' }));
  assert.deepEqual(queue.waiting(), []);
  see(answer(), answer(), record('outcome', { result: 'done' }), answer({ cluster: 'other' }));
  see(record('stream.start', { request: { ...request, subresource: 'exec' }, stream: EXCHANGE, recorded: [] }));
  const uses = queue.waiting().map(({ notice, use }) => [notice.about.cluster, notice.about.resource, use?.what]);
  assert.deepEqual(uses, [
    ['lab', 'deployments.apps', '["reporter","lab","delete","deployments.apps"]'],
    ['other', 'deployments.apps', '["reporter","other","delete","deployments.apps"]'],
    ['lab', 'deployments.apps/exec', '["reporter","lab","delete","deployments.apps/exec"]'],
  ]);
  const again = openQueue();
  again.see(answer());
  assert.equal(again.queue.waiting()[0]?.notice.id, queue.waiting()[0]?.notice.id);
});

test('texts that an agent chose have an end', () => {
  const { queue, see } = openQueue();
  see(answer({ request: { ...request, namespace: 'n'.repeat(500), resource: 'r'.repeat(500) } }));
  const { namespace, resource } = queue.waiting()[0]?.notice.about ?? {};
  assert.deepEqual([namespace?.length, resource?.length, resource?.at(-1)], [128, 128, '…']);
});

test('a thousand wait at most, and what finds no room is counted once', () => {
  const { queue, see } = openQueue();
  for (let each = 0; each < 1_003; each += 1) see({ type: 'lock', kind: 'agent', target: 'a', by: 'o' });
  assert.deepEqual([queue.waiting().length, queue.takeDropped(), queue.takeDropped()], [1_000, 3, 0]);
  see(answer());
  for (const _ of queue.waiting()) queue.took();
  see(answer());
  assert.deepEqual(
    queue.waiting().map(({ notice }) => notice.type),
    ['first-use'],
  );
});

test('break-glass is told when it is opened, first used and over', () => {
  const { queue, see } = openQueue();
  const grant = randomUUID();
  const glass = { type: 'breakglass', grant, agent: 'reporter', cluster: 'lab' } as const;
  const letOn = {
    decision: { ...decision, effect: 'ask', grant, breakGlass: true, rules: [{ set: 'lab', id: 'asks' }] },
  };
  see({ ...glass, action: 'opened', by: 'ann', expiresAt: '2026-11-30T00:15:00.000000Z' });
  see(record('intent', letOn), record('intent', letOn), answer(letOn));
  see({ ...glass, action: 'expired' });
  const told = queue.waiting().map(({ notice, use }) => [notice.type, notice.about.agent, use?.of]);
  assert.deepEqual(told, [
    ['break-glass-opened', 'reporter', undefined],
    ['break-glass-used', 'reporter', grant],
    ['first-use', 'reporter', 'reporter'],
    ['break-glass-ended', 'reporter', undefined],
  ]);
  assert.doesNotMatch(JSON.stringify(queue.waiting()), /ann/);
});
