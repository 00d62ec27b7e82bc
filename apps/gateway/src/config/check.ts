// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { isLoopbackHost, oidcIssuerProblem } from '../identity/issuer-options.ts';
import { receiverUrlProblem } from '../notifications/receiver-url.ts';
import type { ConfigProblem } from './config-error.ts';
import type { Config } from './schema.ts';

function* repeated(values: readonly string[], path: (index: number) => string, what: string): Generator<ConfigProblem> {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) yield { path: path(index), message: `${what} ${JSON.stringify(value)} stands here twice` };
    seen.add(value);
  }
}

function* listenerProblems({ listeners }: Config): Generator<ConfigProblem> {
  const taken = new Map<string, string>();
  for (const [name, listener] of Object.entries(listeners)) {
    if (!listener) continue;
    const { address, port } = listener;
    const place = `${address} port ${port}`;
    const other = taken.get(place);
    if (other !== undefined && port !== 0) {
      yield { path: `listeners.${name}.port`, message: `${place} is taken by listeners.${other}` };
    }
    taken.set(place, name);
  }
}

function* issuerProblems(config: Config): Generator<ConfigProblem> {
  const clusters = new Set(config.clusters.map(({ name }) => name));
  for (const [index, issuer] of config.issuers.entries()) {
    const path = `issuers.${index}`;
    if (issuer.kind === 'cluster' && !clusters.has(issuer.cluster)) {
      yield { path: `${path}.cluster`, message: `no cluster is named ${JSON.stringify(issuer.cluster)}` };
    }
    const problem = issuer.kind === 'oidc' ? oidcIssuerProblem(issuer.issuer) : undefined;
    if (problem !== undefined) yield { path: `${path}.issuer`, message: problem };
  }
}

function* agentProblems(config: Config): Generator<ConfigProblem> {
  const clusters = new Set(config.clusters.map(({ name }) => name));
  const issuers = new Set(config.issuers.map(({ name }) => name));
  for (const [index, agent] of config.agents.entries()) {
    const names = agent.clusters.map(({ name }) => name);
    yield* repeated(names, (at) => `agents.${index}.clusters.${at}.name`, 'cluster');
    if (!issuers.has(agent.match.issuer)) {
      yield {
        path: `agents.${index}.match.issuer`,
        message: `no issuer is named ${JSON.stringify(agent.match.issuer)}`,
      };
    }
    for (const [at, { name }] of agent.clusters.entries()) {
      if (!clusters.has(name)) {
        yield { path: `agents.${index}.clusters.${at}.name`, message: `no cluster is named ${JSON.stringify(name)}` };
      }
    }
  }
}

/** What is wrong with the address of the console as browsers see it: their passkeys are for a name, never for a number. */
function originProblem(origin: string, hasTls: boolean): string | undefined {
  const url = URL.parse(origin);
  if (url?.origin !== origin) return 'must be a scheme, a name and a port alone, in lower case: http://localhost:8447';
  if (url.protocol === 'http:' && url.hostname !== 'localhost') return 'plain http is for localhost alone; use https';
  if (url.protocol === 'http:' && hasTls) return 'must be https, as the listener has a certificate';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be https, or http://localhost';
  const isNumber = url.hostname.startsWith('[') || isIP(url.hostname) !== 0;
  return isNumber ? 'must be a name: passkeys are for names, not for addresses' : undefined;
}

function* approvalProblems({ console, approvals }: Config): Generator<ConfigProblem> {
  if (console || approvals.passkeys !== 'required') return;
  const message = 'needs a console (`console`, `listeners.console`): passkeys are used there';
  yield { path: 'approvals.passkeys', message };
}

function* consoleProblems({ listeners, console, issuers }: Config): Generator<ConfigProblem> {
  const { console: listener } = listeners;
  if (!listener !== !console) {
    const [path, other] = listener ? ['console', 'listeners.console'] : ['listeners.console', 'console'];
    yield { path, message: `is needed with ${other}` };
  }
  if (listener) {
    const { address, origin, tls } = listener;
    const problem = originProblem(origin, tls !== undefined);
    if (problem !== undefined) yield { path: 'listeners.console.origin', message: problem };
    if (!tls && !isLoopbackHost(address) && address !== '::1') {
      yield { path: 'listeners.console.tls', message: `is needed on ${address}: plain http is for loopback only` };
    }
  }
  if (!console) return;
  const issuer = issuers.find(({ name }) => name === console.issuer);
  if (issuer?.kind !== 'oidc') {
    yield { path: 'console.issuer', message: `no OIDC issuer is named ${JSON.stringify(console.issuer)}` };
  }
  if (!console.scopes.includes('openid')) yield { path: 'console.scopes', message: 'must have `openid` in it' };
}

/** What is sent in the clear must stay on this machine: keys go this way, and a password. */
function* storeProblems({ store: { postgres } }: Config): Generator<ConfigProblem> {
  if (!postgres) return;
  const { host, tls, caFile } = postgres;
  const isSocket = host.startsWith('/');
  const isLocal = isSocket || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
  const path = 'store.postgres';
  if (tls === 'off' && !isLocal) yield { path: `${path}.tls`, message: 'may be off for a socket or on loopback alone' };
  if (tls === 'verify' && isSocket) yield { path: `${path}.tls`, message: 'must be off: a socket speaks no TLS' };
  if (tls === 'off' && caFile !== undefined) yield { path: `${path}.caFile`, message: 'means nothing with tls: off' };
}

function* roleProblems(config: Config): Generator<ConfigProblem> {
  const { owner = [], ...byGroup } = config.roles;
  if (config.disableOwnerlessAgentsAfterDays !== undefined && owner.length === 0)
    yield { path: 'disableOwnerlessAgentsAfterDays', message: 'needs roles.owner: no owner could be seen to log in' };
  for (const [index, { issuer }] of owner.entries()) {
    if (config.issuers.some(({ name, kind }) => name === issuer && kind === 'oidc')) continue;
    yield { path: `roles.owner.${index}.issuer`, message: `no OIDC issuer is named ${JSON.stringify(issuer)}` };
  }
  for (const [role, bindings] of Object.entries(byGroup)) {
    for (const [index, { issuer }] of bindings.entries()) {
      const found = config.issuers.find(({ name }) => name === issuer);
      const path = `roles.${role}.${index}.issuer`;
      if (!found) yield { path, message: `no issuer is named ${JSON.stringify(issuer)}` };
      else if (found.kind !== 'oidc' || found.groupsClaim === undefined) {
        yield { path, message: `issuer ${JSON.stringify(issuer)} names no groupsClaim, so nobody would have the role` };
      }
    }
  }
}

function* receiverProblems({ notifications: { receivers } }: Config): Generator<ConfigProblem> {
  const names = receivers.map(({ name }) => name);
  yield* repeated(names, (index) => `notifications.receivers.${index}.name`, 'receiver');
  for (const [index, receiver] of receivers.entries()) {
    const problem = receiver.kind === 'webhook' ? receiverUrlProblem(receiver.url) : undefined;
    if (problem !== undefined) yield { path: `notifications.receivers.${index}.url`, message: problem };
  }
}

/** What one field alone can't show: names that must exist, or stand once. */
export function checkConfig(config: Config): readonly ConfigProblem[] {
  return [
    ...repeated(
      config.issuers.map(({ name }) => name),
      (index) => `issuers.${index}.name`,
      'issuer',
    ),
    ...repeated(
      config.issuers.map(({ issuer }) => issuer),
      (index) => `issuers.${index}.issuer`,
      'issuer',
    ),
    ...repeated(
      config.clusters.map(({ name }) => name),
      (index) => `clusters.${index}.name`,
      'cluster',
    ),
    ...repeated(
      config.agents.map(({ id }) => id),
      (index) => `agents.${index}.id`,
      'agent',
    ),
    ...repeated(
      config.agents.map(({ match }) => `${match.issuer} ${match.subject}`),
      (index) => `agents.${index}.match`,
      'issuer and subject',
    ),
    ...listenerProblems(config),
    ...issuerProblems(config),
    ...agentProblems(config),
    ...roleProblems(config),
    ...storeProblems(config),
    ...consoleProblems(config),
    ...approvalProblems(config),
    ...receiverProblems(config),
  ];
}
