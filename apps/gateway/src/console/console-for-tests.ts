// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { HMAC } from '../approvals/approval-fixture.ts';
import { ApprovalRegister } from '../approvals/approval-register.ts';
import { parseConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { ControlParts } from '../control/control-api.ts';
import { EventStreams } from '../control/event-streams.ts';
import { openServer, remoteAddress } from '../control/open-server.ts';
import { type DevelopmentIdp, startDevelopmentIdp } from '../development-idp/development-idp.ts';
import { AgentRegistry } from '../identity/agent-registry.ts';
import { createAuthenticator } from '../identity/authenticator.ts';
import { AgentLimits } from '../limits/agent-limits.ts';
import { Strangers } from '../limits/strangers.ts';
import type { OpenListener } from '../listen.ts';
import { openDiskLog } from '../log/disk-log.ts';
import { logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Browser, Page } from './browser-for-tests.ts';
import { createConsoleApp } from './console-app.ts';
import type { Asset } from './console-assets.ts';
import { ConsoleSessions } from './console-sessions.ts';

const AUDIENCE = 'countersign';

/** Who may log in at the tests' identity provider. */
const PEOPLE = [
  { id: 'approver', groups: ['approvers'] },
  { id: 'operator', groups: ['operators'] },
  { id: 'stranger', groups: ['gardeners'] },
  // Registered as an agent, and in a group that would let a human in.
  { id: 'reporter', groups: ['operators'] },
];

function configOf(dir: string, { issuer, credentials }: DevelopmentIdp, origin: string, more: object): Config {
  const tls = { certificateFile: 'tls.pem', keyFile: 'tls.key' };
  return parseConfig(
    join(dir, 'gateway.yaml'),
    JSON.stringify({
      dataDir: 'data',
      log: { dir: 'log' },
      policies: { dir: 'policies' },
      listeners: { data: { tls }, tunnel: {}, control: { tls }, health: {}, console: { origin } },
      issuers: [
        { kind: 'oidc', name: 'idp', issuer, audience: AUDIENCE, algorithms: ['ES256'], groupsClaim: 'groups' },
      ],
      clusters: [{ name: 'lab' }],
      agents: [{ id: 'reporter', owner: 'approver', purpose: 'tests', match: { issuer: 'idp', subject: 'reporter' } }],
      approvals: { passkeys: 'offered' },
      roles: {
        operator: [{ issuer: 'idp', group: 'operators' }],
        approver: [{ issuer: 'idp', group: 'approvers' }],
      },
      console: { issuer: 'idp', clientId: 'console', clientSecretFile: credentials.get('console')?.secretFile },
      ...more,
    }),
  );
}

const LIMITS = { maxOpenOfAgent: 32, maxPerDayOfAgent: 1_000 };

type TestParts = 'origin' | 'recorded' | 'problems' | 'unknown' | 'store' | 'register' | 'idp';

/** The console over a real store, log and identity provider; of the rest of a gateway it has nothing. */
export class TestConsole {
  readonly origin: string;
  readonly recorded: LogRecord[];
  readonly problems: string[];
  readonly unknown: string[];
  readonly store: ControlParts['store'];
  readonly register: ApprovalRegister;
  readonly idp: DevelopmentIdp;
  readonly #clock: TestClock;
  readonly #opened: AsyncDisposableStack;

  constructor(parts: Pick<TestConsole, TestParts> & TestOwned) {
    this.origin = parts.origin;
    this.recorded = parts.recorded;
    this.problems = parts.problems;
    this.unknown = parts.unknown;
    this.store = parts.store;
    this.register = parts.register;
    this.idp = parts.idp;
    this.#clock = parts.clock;
    this.#opened = parts.opened;
  }

  /** Moves the gateway's clock. */
  later(ms: number): void {
    this.#clock.aheadMs += ms;
  }

  /** From now on the gateway's clock moves by {@link TestConsole.later} alone. */
  stopClock(): void {
    this.#clock.stoppedAtMs = Date.now();
  }

  url(path: string): URL {
    return new URL(path, this.origin);
  }

  /** Logs somebody in with a browser, as far as that leads, and there to where the page goes by itself. */
  async login(browser: Browser, person: string, to = '/'): Promise<Page> {
    const page = await browser.go(await this.answerOf(browser, person, to));
    const told = (name: string) =>
      new RegExp(`<meta name="countersign-${name}" content="([^"]*)">`).exec(page.text)?.[1];
    browser.page = told('page') ?? '';
    return browser.page === '' ? page : browser.go(this.url(told('to')?.replaceAll('&amp;', '&') ?? assert.fail()));
  }

  /** The address that the identity provider sends a browser back to, where it has not been yet. */
  async answerOf(browser: Browser, person: string, to = '/'): Promise<URL> {
    const form = await browser.go(this.url(`/auth/login?to=${encodeURIComponent(to)}`));
    assert.match(form.text, /development identity provider/);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: this.idp.issuer };
    const isBack = ({ origin }: URL) => origin === this.origin;
    return (await browser.go(form.url, { method: 'POST', headers, body: `person=${person}` }, isBack)).url;
  }

  /** A request of the API, as the console's own pages make it. */
  async api(browser: Browser, path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) {
    const own = {
      ...{ 'countersign-console': '1', 'countersign-page': browser.page },
      ...{ origin: this.origin, 'sec-fetch-site': 'same-origin' },
    };
    const { status, text } = await browser.send(this.url(path), { method, headers: { ...own, ...headers } });
    return { status, body: text === '' ? undefined : JSON.parse(text) };
  }

  close(): Promise<void> {
    return this.#opened.disposeAsync();
  }
}

interface TestClock {
  aheadMs: number;
  stoppedAtMs?: number;
}

interface TestOwned {
  readonly clock: TestClock;
  readonly opened: AsyncDisposableStack;
}

export interface TestConsoleOptions {
  readonly assets?: ReadonlyMap<string, Asset>;
  /** What the configuration has otherwise. */
  readonly configure?: object;
}

export async function openTestConsole({ assets, configure = {} }: TestConsoleOptions = {}): Promise<TestConsole> {
  await using opened = new AsyncDisposableStack();
  const place = await logPlace();
  opened.defer(() => rm(place.root, { recursive: true }));
  let app: ReturnType<typeof createConsoleApp> | undefined;
  const fetch: OpenFetch = (request, env) => app?.fetch(request, env) ?? new Response(null, { status: 503 });
  const server: OpenListener = await openServer({ address: '127.0.0.1', port: 0, fetch, tls: undefined });
  opened.defer(() => server.close());
  const origin = `http://localhost:${server.address.port}`;
  const client = { id: 'console', redirectUri: `${origin}/auth/callback` };
  const options = { dir: join(place.root, 'idp'), audience: AUDIENCE, clients: [], port: 0, log: () => undefined };
  const idp = opened.adopt(await startDevelopmentIdp({ ...options, login: { client, people: PEOPLE } }), (running) =>
    running.close(),
  );
  const config = configOf(place.root, idp, origin, configure);
  const store = opened.adopt(await openSqliteStore(join(place.root, 'state.db')), (open) => open.close());
  const recorded: LogRecord[] = [];
  const log = opened.adopt(
    observedLog(await openDiskLog(place), (records) => void recorded.push(...records)),
    (open) => open.close(),
  );
  const clock: TestClock = { aheadMs: 0 };
  const now = () => new Date((clock.stoppedAtMs ?? Date.now()) + clock.aheadMs);
  const issuers = config.issuers.flatMap((issuer) =>
    issuer.kind === 'oidc' ? [{ ...issuer, kind: 'oidc' as const, ca: undefined }] : [],
  );
  const authenticator = createAuthenticator({ issuers, now: () => now().getTime() });
  const [problems, unknown]: [string[], string[]] = [[], []];
  const { issuer } = idp;
  const registry = await registryOf(store, issuer);
  const register = new ApprovalRegister({
    store,
    log,
    logKey: 'tests',
    hmac: HMAC,
    vouch: HMAC,
    needsPasskey: () => false,
    limits: () => LIMITS,
    now,
  });
  const onProblem = (error: unknown) => problems.push(String(error));
  const control = {
    ...{ store, log, registry, now, config: () => config, authenticator: () => authenticator },
    limits: new AgentLimits(() => 0),
    onOwners: () => undefined,
    strangers: new Strangers(() => new Date(0)),
    onRefused: (fault: string) => unknown.push(fault),
    ...{ onProblem, register, events: new EventStreams({ register, now, onProblem }) },
  } as unknown as ControlParts;
  const sessions = opened.adopt(new ConsoleSessions(control), (open) => open.close());
  const settings = config.console ?? assert.fail();
  app = createConsoleApp({ control, settings, origin, sessions, assets: assets ?? new Map() }, remoteAddress);
  return new TestConsole({ origin, recorded, problems, unknown, store, register, idp, clock, opened: opened.move() });
}

type OpenFetch = Parameters<typeof openServer>[0]['fetch'];

async function registryOf(store: ControlParts['store'], issuer: string): Promise<AgentRegistry> {
  const registry = new AgentRegistry(store);
  await store.agents.insert('reporter', {
    ...{ source: 'config', state: 'enabled', owner: 'approver', purpose: 'tests', groups: [], clusters: {} },
    match: { issuer, subject: 'reporter' },
  });
  await registry.refresh();
  return registry;
}
