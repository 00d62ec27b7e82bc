// SPDX-License-Identifier: Apache-2.0
// What ends a countersigned collection between two of its deletes: real registry, store and sessions.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { parseRequest } from '@countersign/kube';
import type { Decision } from '@countersign/policy';
import type { Committed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { AgentRegistry } from '../identity/agent-registry.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import { callerOf } from '../identity/caller-of.ts';
import type { Log } from '../log/log.ts';
import { Sessions } from '../sessions/sessions.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import { askingFor } from './approval-fixture.ts';
import { type StillMayParts, stillMay } from './still-may.ts';

const ISSUER = 'https://idp.example';
const EXPIRES_MS = 60_000;
const agent: AgentDocument = {
  source: 'api',
  state: 'enabled',
  owner: 'platform',
  purpose: 'tests',
  match: { issuer: ISSUER, subject: 'worker' },
  groups: [],
  clusters: { lab: { groups: ['sweepers'] } },
};
const lock = { kind: 'agent', target: 'worker', by: 'ann', reason: '', at: new Date(0).toISOString() } as const;
const token = {
  ...{ issuer: ISSUER, subject: 'worker', names: [], addresses: [], act: [], groups: [] },
  ...{ credentialDigest: '0'.repeat(64), expiresAt: EXPIRES_MS },
} as unknown as TokenFacts;

const rule = { set: 'lab', id: 'ask' };
const needed = { rule, group: 'approvers', quorum: 1, ttlSeconds: undefined, ownerMay: false, reason: undefined };
const common = { policyDigest: `sha256:${'0'.repeat(64)}`, rules: [rule] };
const asks: Decision = { ...common, effect: 'ask', reveal: false, approvals: [needed] };
const asksOthers: Decision = { ...asks, approvals: [needed, { ...needed, rule: { set: 'lab', id: 'too' } }] };
const denies: Decision = { ...common, effect: 'deny', reason: 'forbidden' };

interface Site {
  readonly store: Store;
  /** The same store, as another gateway has it. */
  readonly elsewhere: Store;
  readonly sessions: Sessions;
  readonly session: string;
  readonly policies: { epoch: number; decision: Decision; readonly asked: string[] };
  readonly abort: AbortController;
  readonly records: LogRecord[];
  nowMs: number;
  /** Asks once more, of the exchange as it was given before. */
  readonly ask: () => Promise<Committed | Fault>;
}

/** An exchange of which the first delete is done. */
async function begun(check: (site: Site) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-still-may-'));
  const file = join(directory, 'state.db');
  const [store, elsewhere] = [await openSqliteStore(file), await openSqliteStore(file)];
  const records: LogRecord[] = [];
  const log = { append: async (added: readonly LogRecord[]) => ({ index: records.push(...added) }) } as unknown as Log;
  const sessions = new Sessions(log, () => new Date(0), assert.ifError);
  try {
    await store.clusters.insert('lab', { source: 'api', description: '' });
    await store.agents.insert('worker', agent);
    const registry = new AgentRegistry(store);
    await registry.refresh();
    const caller = callerOf(token, 'lab', registry, 0);
    assert.ok(!(caller instanceof Fault), String(caller));
    const { session } = await sessions.enter(caller.principal, 'lab', token);
    const policies = {
      epoch: 1,
      decision: asks,
      asked: [] as string[],
      forCluster: () => ({
        decideFor: async () => {
          policies.asked.push(policies.decision.effect);
          return policies.decision;
        },
        describe: () => 'no',
      }),
    };
    const request = parseRequest('DELETE', '/api/v1/namespaces/demo/configmaps');
    const { ttlSeconds: _, ...wanted } = askingFor('a'.repeat(64));
    const approval = { id: 'approval', version: 1, value: wanted };
    const exchange = {
      ...{ id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001', cluster: 'lab', lane: 'write', request, token, session },
      ...{ ...caller, abort: new AbortController(), allowance: { spendRequests: () => undefined } },
      ...{ incoming: { remoteAddress: '192.0.2.1' }, headers: {}, dryRun: false, receivedAt: new Date(0) },
      made: {
        id: 'c3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
        decision: asks,
        input: { principal: caller.principal, request },
      },
      ...{ lookedUnder: 1, countersigned: { approval, wanted } },
    } as unknown as Committed;
    const site = { store, elsewhere, sessions, session, policies, abort: exchange.abort, records, nowMs: 0 };
    const parts = { policies, registry, sessions, log, urlOf: () => undefined, now: () => new Date(all.nowMs) };
    const ask = stillMay(parts as unknown as StillMayParts);
    let current = exchange;
    const all: Site = Object.assign(site, {
      ask: async () => {
        const answer = await ask(current);
        if (!(answer instanceof Fault)) current = answer;
        return answer;
      },
    });
    assert.equal(await all.ask(), exchange);
    await check(all);
  } finally {
    await sessions.close();
    await Promise.all([store.close(), elsewhere.close()]);
    await rm(directory, { recursive: true });
  }
}

async function refusal(site: Site): Promise<string> {
  const answer = await site.ask();
  return answer instanceof Fault ? answer.code : assert.fail('it goes on');
}

test('a lock ends it before the next, here and where it was told at another gateway', async () => {
  await begun(async (site) => {
    await site.elsewhere.locks.insert('agent:worker', lock);
    assert.equal(await refusal(site), 'ERR_AGENT_LOCKED');
  });
  await begun(async (site) => {
    await site.store.locks.insert('cluster:lab', { ...lock, kind: 'cluster', target: 'lab' });
    assert.equal(await refusal(site), 'ERR_AGENT_LOCKED');
  });
});

test('so does an agent that is disabled, gone from the cluster or of other groups, or has run out', async () => {
  const changes: readonly (readonly [object, string])[] = [
    [{ state: 'disabled' }, 'ERR_AGENT_DISABLED'],
    [{ clusters: {} }, 'ERR_CLUSTER_NOT_GRANTED'],
    [{ clusters: { lab: { groups: ['others'] } } }, 'ERR_ENDED'],
    [{ expiresAt: new Date(0).toISOString() }, 'ERR_AGENT_EXPIRED'],
  ];
  for (const [change, code] of changes) {
    await begun(async (site) => {
      await site.elsewhere.agents.replace('worker', 1, { ...agent, ...change });
      assert.equal(await refusal(site), code);
    });
  }
});

test('so does a token that has expired, a session that was ended, and a caller who is gone', async () => {
  await begun(async (site) => {
    site.nowMs = EXPIRES_MS - 1;
    assert.ok(!((await site.ask()) instanceof Fault));
    site.nowMs = EXPIRES_MS;
    assert.equal(await refusal(site), 'ERR_TOKEN_EXPIRED');
  });
  await begun(async (site) => {
    await site.sessions.end(site.session, 'ada');
    assert.equal(await refusal(site), 'ERR_ENDED');
  });
  await begun(async (site) => {
    site.abort.abort(new Fault('ERR_CALLER_GONE'));
    assert.equal(await refusal(site), 'ERR_CALLER_GONE');
  });
});

test('a store that does not answer lets nothing more begin', async () => {
  await begun(async (site) => {
    await site.store.close();
    await assert.rejects(site.ask());
  });
});

test('policies that came into force are asked, once: it goes on by what they say as far as it was countersigned', async () => {
  await begun(async (site) => {
    await site.ask();
    assert.deepEqual(site.policies.asked, []);
    site.policies.epoch = 2;
    const answer = await site.ask();
    assert.ok(!(answer instanceof Fault));
    assert.deepEqual([answer.lookedUnder, answer.made.occasion], [2, 'approval-use']);
    await site.ask();
    assert.deepEqual(site.policies.asked, ['ask']);
    const decision = site.records.find((record) => record.type === 'decision');
    assert.equal(decision?.decision?.id, answer.made.id);
  });
  for (const [decision, code] of [
    [denies, 'ERR_POLICY_DENIED'],
    [asksOthers, 'ERR_APPROVAL_CHANGED'],
  ] as const) {
    await begun(async (site) => {
      Object.assign(site.policies, { epoch: 2, decision });
      assert.equal(await refusal(site), code);
      assert.equal(site.records.filter(({ type }) => type === 'decision').length, 1);
    });
  }
});
