// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import { LogError } from '../log/log-error.ts';
import { endWithTheirReasons, type LiveEndOptions } from './live-end.ts';
import { type LiveExchange, LiveExchanges } from './live-exchanges.ts';

const asked = { principal: { kind: 'agent', id: 'a' }, request: parseRequest('GET', '/version') };
const allow = { effect: 'allow', rules: [], policyDigest: '', reveal: false };

/** Two watches that were let in, and what ends them when other policies come: these decide as `decide` says. */
function twoWatches(
  decide: (id: string) => unknown,
  failure?: LogError,
  grantOf: (id: string) => string | undefined = () => undefined,
  moreOf: (id: string) => object = () => ({}),
) {
  let change = (): void => {};
  const ended = new Map<string, string>();
  const { promise: appended, resolve: append } = Promise.withResolvers<void>();
  const live = new LiveExchanges();
  const log = {
    append: async () => {
      append();
      if (failure) throw failure;
    },
  };
  const policies = {
    onEpoch(listener: () => void) {
      change = listener;
      return () => {};
    },
    forCluster: () => ({ decide: ({ id }: { readonly id: string }) => decide(id), describe: () => '' }),
  };
  const registry = { onChange: () => () => {}, isExpired: () => false };
  for (const id of ['first', 'second']) {
    const facts = { id, cluster: 'lab', token: { expiresAt: Number.POSITIVE_INFINITY }, principal: { id: 'a' } };
    const life = live.add(facts as LiveExchange, (fault: Fault) => ended.set(id, fault.code));
    const made = { id: '', decision: allow, input: { id, ...asked } };
    life.decided({ id, cluster: 'lab', lane: 'watch', made, ...moreOf(id) } as unknown as Decided);
  }
  let endGrants = (_ids: ReadonlySet<string>): void => {};
  const grants = {
    applyTo: (made: { input: { id: string } }) => ({ ...made, grant: grantOf(made.input.id) }),
    onEnded(listener: typeof endGrants) {
      endGrants = listener;
      return () => {};
    },
  };
  const parts = { live, registry, policies, grants, log, now: () => new Date(), onProblem: () => {} };
  const ending = endWithTheirReasons(parts as unknown as LiveEndOptions);
  const endGrant = (id: string) => endGrants(new Set([id]));
  return { change: () => change(), endGrant, ended, appended, stop: () => ending[Symbol.dispose]() };
}

test('what can not be decided again is ended, and what comes after it is decided all the same', async () => {
  const { change, ended, appended, stop } = twoWatches((id) => {
    if (id === 'first') throw new TypeError('a bug');
    return allow;
  });
  change();
  await appended;
  assert.deepEqual([...ended], [['first', 'ERR_POLICY_UNAVAILABLE']]);
  stop();
});

test('what was decided again, and could not be put on record, does not go on', async () => {
  const { change, ended, appended, stop } = twoWatches(() => allow, new LogError('ERR_LOG_FULL', 'too many wait'));
  change();
  await appended;
  await new Promise(setImmediate);
  assert.deepEqual(
    [...ended],
    [
      ['first', 'ERR_LOG_BUSY'],
      ['second', 'ERR_LOG_BUSY'],
    ],
  );
  stop();
});

test('what goes on by a grant since policy asks for it ends with that grant, and what needs none any more does not', async () => {
  const ask = { ...allow, effect: 'ask', approvals: [] };
  let asks: readonly string[] = ['first', 'second'];
  const { change, endGrant, ended, appended, stop } = twoWatches(
    (id) => (asks.includes(id) ? ask : allow),
    undefined,
    (id) => (asks.includes(id) ? 'g' : undefined),
  );
  change();
  await appended;
  assert.deepEqual([...ended], []);
  asks = ['first'];
  change();
  await new Promise(setImmediate);
  endGrant('other');
  assert.deepEqual([...ended], []);
  endGrant('g');
  assert.deepEqual([...ended], [['first', 'ERR_GRANT_ENDED']]);
  stop();
});

test('a session that used an approval goes on while policy asks for no more than was countersigned', async () => {
  const asking = (...groups: readonly string[]) => ({
    ...{ ...allow, effect: 'ask' },
    approvals: groups.map((group) => ({ rule: { set: 'lab', id: group }, group, quorum: 1, ownerMay: false })),
  });
  const { approvals: requirements } = asking('approvers');
  let decision: object = asking('approvers');
  const used = { lane: 'exec', approval: 'a', countersigned: { wanted: { requirements } } };
  const waits = { lane: 'exec', made: { id: '', decision, input: { id: 'second', ...asked } } };
  const { change, ended, appended, stop } = twoWatches(
    () => decision,
    undefined,
    undefined,
    (id) => (id === 'first' ? used : waits),
  );
  change();
  await appended;
  assert.deepEqual([...ended], []);
  decision = asking('approvers', 'security');
  change();
  await new Promise(setImmediate);
  assert.deepEqual([...ended], [['first', 'ERR_APPROVAL_REQUIRED']], 'what still waits asks again itself');
  decision = { ...allow, effect: 'deny' };
  change();
  await new Promise(setImmediate);
  assert.deepEqual(ended.get('second'), 'ERR_POLICY_DENIED');
  stop();
});
