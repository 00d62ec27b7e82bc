// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { askingFor } from '../approvals/approval-fixture.ts';
import { ApprovalRegister, type Asking } from '../approvals/approval-register.ts';
import { LIMITS, recordOf } from '../approvals/registers-for-tests.ts';
import type { Config } from '../config/schema.ts';
import { ActiveGrants } from '../grants/active-grants.ts';
import { GrantRegister } from '../grants/grant-register.ts';
import { AgentRegistry } from '../identity/agent-registry.ts';
import { agentRoster } from '../identity/agent-roster.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { clusterRoster } from '../identity/cluster-roster.ts';
import { Locks } from '../identity/locks.ts';
import { Owners } from '../identity/owners.ts';
import { AgentLimits } from '../limits/agent-limits.ts';
import { Strangers } from '../limits/strangers.ts';
import { openDiskLog } from '../log/disk-log.ts';
import type { Log } from '../log/log.ts';
import { logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { Challenges } from '../passkeys/challenges.ts';
import { siteOf } from '../passkeys/web-authn-site.ts';
import { engine } from '../policies/policy-fixture.ts';
import { PolicyStore } from '../policies/policy-store.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';
import { newJoinToken, voidJoinTokens } from '../tunnel/join-token.ts';
import { authorize, type ControlCaller } from './authorize.ts';
import { type CallerOf, type ControlParts, createControlApi } from './control-api.ts';
import { ExchangeIndex } from './exchange-index.ts';
import { answerFlaw } from './openapi/answer-flaw-for-tests.ts';
import { SharedWrites } from './shared-writes.ts';

export const ISSUER = 'https://idp.example';
export const SITE = siteOf('http://localhost:8446');
export const NOW = new Date('2026-11-24T00:00:00Z');

const agentDocument = (subject: string, more: Partial<AgentDocument> = {}): AgentDocument => ({
  source: 'config',
  state: 'enabled',
  owner: 'platform',
  purpose: 'tests',
  match: { issuer: ISSUER, subject },
  groups: [],
  clusters: { lab: { groups: [] } },
  ...more,
});

const AGENTS: Readonly<Record<string, AgentDocument>> = {
  reporter: agentDocument('reporter-subject'),
  other: agentDocument('other-subject'),
  disabled: agentDocument('disabled-subject', { state: 'disabled' }),
  expired: agentDocument('expired-subject', { expiresAt: NOW.toISOString() }),
  theirs: agentDocument('theirs-subject', { owner: 'somebody' }),
  api: agentDocument('api-subject', { source: 'api' }),
  elsewhere: agentDocument('elsewhere-subject', { clusters: {} }),
  slow: agentDocument('slow-subject', {
    limits: { requestsPerSecond: 1, concurrentStreams: 1, bytesPerMinute: 1_000 },
  }),
};

const config = {
  issuers: [{ kind: 'oidc', name: 'idp', issuer: ISSUER }],
  clusters: [{ name: 'lab', description: '' }],
  breakGlass: { maxSeconds: 3_600 },
  approvals: { passkeys: 'offered' },
  roles: {
    operator: [{ issuer: 'idp', group: 'operators' }],
    auditor: [{ issuer: 'idp', group: 'auditors' }],
    approver: ['approvers', 'security'].map((group) => ({ issuer: 'idp', group })),
    owner: [{ issuer: 'idp', claim: 'sub' }],
  },
} as unknown as Config;

/** What a good token says of its holder. */
export function tokenOf(subject: string, more: Partial<TokenFacts> = {}): TokenFacts {
  const facts = {
    issuer: ISSUER,
    subject,
    names: [],
    addresses: [],
    groups: ['operators'],
    act: [],
    credentialDigest: '0'.repeat(64),
  };
  return { ...facts, expiresAt: NOW.getTime() + 60_000, ...more } as unknown as TokenFacts;
}

/** What an agent asks people for; returns the id of its approval. */
function asksOf(register: ApprovalRegister) {
  return async (agent: string, more: Partial<Asking> = {}): Promise<string> => {
    const { issuer, subject } = tokenOf(`${agent}-subject`);
    const requester = { issuer, subject, id: agent, owner: 'platform', purpose: 'tests', act: [] };
    const asking = askingFor(randomBytes(32).toString('hex'), { requester, ...more });
    const found = await register.ask(asking, { leave: () => undefined }, recordOf);
    return typeof found === 'string' ? assert.fail(found) : found.id;
  };
}

function callerVia(via: ControlCaller['via'], parts: ControlParts): CallerOf {
  return async (context) => {
    const caller = await authorize(context.req.header('authorization'), parts);
    return 'problem' in caller || via === 'bearer' ? caller : { ...caller, via, loggedInAt: NOW.toISOString() };
  };
}

/** What was answered, which is what the API says that it answers. */
async function describedAnswer(answer: Response, method: string, path: string) {
  const told = JSON.parse((await answer.text()) || '{}');
  assert.equal(answerFlaw(method, path, answer.status, told), undefined);
  return told;
}

/** A folder of policies in which the cluster `lab` has these. */
async function openPolicies(folder: string, ofLab: string): Promise<PolicyStore> {
  await mkdir(join(folder, 'organisation'), { recursive: true });
  await mkdir(join(folder, 'clusters', 'lab'), { recursive: true });
  await writeFile(join(folder, 'organisation', 'all.cedar'), '// none');
  await writeFile(join(folder, 'clusters', 'lab', 'own.cedar'), ofLab);
  return PolicyStore.open(folder, { engine, onChange: async () => {}, pollMs: 3_600_000 });
}

/** Locks of what nobody has under way. */
function locksOf(store: Store, registry: AgentRegistry, log: Log): Locks {
  const live = { end: () => 0 } as unknown as LiveExchanges;
  const sessions = { keyOf: () => undefined } as unknown as Sessions;
  return new Locks({ store, registry, sessions, live, tunnels: { cutLocked: () => 0 }, log, now: () => NOW });
}

/** Tunnels to no connector. */
function tunnelsFor(store: Store) {
  return {
    caCertificate: 'a certificate',
    connected: () => [],
    revokeAll: async () => {},
    voidJoinTokens: (cluster: string) => voidJoinTokens(store, cluster, NOW),
    async issueJoinToken(cluster: string) {
      const { id, text } = newJoinToken(cluster);
      await store.joinTokens.insert(id, { cluster, expiresAt: new Date(NOW.getTime() + 60_000).toISOString() });
      return text;
    },
  };
}

/** Who is registered, and where, with what changes it. */
async function openRegistered(store: Store, log: Log) {
  const registry = new AgentRegistry(store);
  await store.clusters.insert('lab', { source: 'config', description: '' });
  for (const [id, document] of Object.entries(AGENTS)) await store.agents.insert(id, document);
  await registry.refresh();
  const parts = { store, registry, log, now: () => NOW };
  const roster = agentRoster(parts);
  const clusters = tunnelsFor(store);
  return {
    ...{ registry, roster, clusters, clusterRoster: clusterRoster({ ...parts, tunnels: clusters, agents: roster }) },
    ...{ owners: new Owners({ ...parts, roster }), onOwners: () => undefined },
  };
}

const hmac = (bytes: Uint8Array) => createHmac('sha256', 'key').update(bytes).digest();

/** The API over a log and a store on the disk, with agents and with policies of the cluster `lab`; tokens are facts. */
export async function openControlApi(policies = '// none') {
  const place = await logPlace();
  const policyStore = await openPolicies(join(place.root, 'policies'), policies);
  const store = await openSqliteStore(join(place.root, 'state.db'));
  const recorded: LogRecord[] = [];
  /** Refusals that have no record to themselves: why, and of whom. */
  const counted: unknown[] = [];
  const exchanges = new ExchangeIndex(() => NOW);
  const disk = await openDiskLog(place);
  const log = observedLog(disk, (records, first) => {
    recorded.push(...records);
    exchanges.add(records, first);
  });
  const registered = await openRegistered(store, log);
  const { registry } = registered;
  const activeGrants = new ActiveGrants(
    () => NOW,
    () => true,
  );
  const grants = new GrantRegister({ grants: store.grants, active: activeGrants, vouch: hmac, log, now: () => NOW });
  await grants.refresh();
  const register = new ApprovalRegister({
    store,
    log,
    logKey: disk.vkey,
    ...{ hmac, vouch: hmac, needsPasskey: () => false, limits: () => LIMITS, now: () => NOW },
  });
  const locks = locksOf(store, registry, log);
  const kept = {
    locks,
    store,
    register,
    grants,
    activeGrants,
    log,
    ...registered,
    exchanges,
    sharedWrites: new SharedWrites({ writes: store.writes, exchanges, now: () => NOW, onProblem: assert.ifError }),
    policies: policyStore,
    limits: new AgentLimits(() => 0),
    strangers: new Strangers(() => NOW),
    onRefused: (fault: string, who: object) => counted.push([fault, who]),
    passkeys: store.passkeys,
    challenges: new Challenges({ challenges: store.passkeyChallenges, now: () => NOW }),
    site: SITE,
  };
  return {
    ...{ store, log, registry, register, recorded, counted },
    asks: asksOf(register),
    /** How whoever asks is there. */
    via: 'bearer' as ControlCaller['via'],
    /** One request of whoever has this token. */
    async ask(token: TokenFacts, path: string, method = 'GET', body?: object, more: Record<string, string> = {}) {
      const authenticate = async () => ({ kind: 'authenticated', facts: token });
      const parts = {
        ...{ ...kept, config: () => config, now: () => NOW, onProblem: assert.ifError },
        authenticator: () => ({ authenticate }) as unknown as Authenticator,
      } as unknown as ControlParts;
      const app = createControlApi(parts, () => '192.0.2.1', callerVia(this.via, parts));
      const headers = { authorization: 'Bearer a', ...more };
      const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const answer = await app.request(`https://gateway${path}`, sent);
      return { status: answer.status, headers: answer.headers, body: await describedAnswer(answer, method, path) };
    },
    async close() {
      await policyStore.close();
      await log.close();
      await store.close();
      await rm(place.root, { recursive: true });
    },
  };
}
