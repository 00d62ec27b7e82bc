// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { RawAddress } from '../fixtures/raw-connection.ts';
import { type AuditEvent, isOfConnector } from '../installation/audit-events.ts';
import { AuditTail } from '../installation/audit-tail.ts';
import { type Answer, call } from '../installation/call.ts';
import type { Caller } from '../installation/caller.ts';
import { TREE } from '../installation/countersign.ts';
import { eventually } from '../installation/eventually.ts';
import type { IndexedRecord, Installation } from '../installation.ts';
import { FRONTED, type Front, startFront } from './front.ts';

/** A request that lets everything before it arrive, and that nobody takes for an attack. */
const MARKER = '/version';

/** What a connector asks for as itself: it names no agent and stands in no agent's record. */
const OWN_TARGETS = ['/.well-known/openid-configuration', '/openid/v1/jwks', '/readyz'];

const POLL_MS = 3;

/** After it nothing is added but that it is over. */
function isLast({ stage }: AuditEvent): boolean {
  return stage === 'ResponseStarted' || stage === 'ResponseComplete' || stage === 'Panic';
}

interface ControlOptions {
  readonly token?: string | null;
  readonly body?: object;
}

/** An installation under attack, and what its API server sees of that. */
export class Field {
  readonly site: Installation;
  /** The agent whose credential the attacks have: its RBAC and its cluster's policies let it do anything. */
  readonly bot: Caller;
  /** What stands before the API server of the second cluster. */
  readonly front: Front;
  readonly #tail: AuditTail;
  /** Requests that had begun before the last look: a watch that ends later is none of what came then. */
  readonly #known = new Set<string>();
  #nextRecord = 0;
  #tree = TREE;

  private constructor(site: Installation, front: Front) {
    this.site = site;
    this.bot = site.as('bot');
    this.front = front;
    this.#tail = new AuditTail(site.lab('lab').auditLogFile);
  }

  /** Takes an installation over, whose second cluster has no connector yet. */
  static async open(site: Installation): Promise<Field> {
    const front = await startFront(site);
    await site.startConnector(FRONTED, { kubeconfig: front.kubeconfig });
    await site.exempt('shell', 'sessions.cedar');
    const shell = site.as('shell', { cluster: FRONTED, kubectl: site.lab('lab').kubectl });
    await eventually('the exemption is in force, and the connector there', async () => {
      const { json } = await shell.call('POST', '/api/v1/namespaces/demo/pods/echo/exec?command=id&stdout=true');
      return causeOf(json) === 'ERR_UPGRADE_REFUSED';
    });
    return new Field(site, front);
  }

  /** The tree that gateway and connectors run from. */
  get tree(): string {
    return this.#tree;
  }

  /** Starts gateway and connectors again, of another tree; the API server stays. */
  async restart(tree: string): Promise<void> {
    this.#tree = tree;
    const { site, front } = this;
    await Promise.all([...site.connectors.values(), site.gateway].map((running) => running.stop()));
    await site.useBaseline(tree);
    await site.exempt('shell', 'sessions.cedar');
    await site.startGateway(tree);
    await Promise.all([
      site.startConnector('lab', { tree }),
      site.startConnector(FRONTED, { tree, kubeconfig: front.kubeconfig }),
    ]);
  }

  async stop(): Promise<void> {
    await this.site.stop();
    this.front.close();
  }

  /** Where raw connections go. */
  async address(): Promise<RawAddress> {
    return { port: this.site.config.listeners.data.port ?? 0, ca: await readFile(this.site.caFile, 'utf8') };
  }

  /**
   * Does something, and says what the API server saw of the connector's credential meanwhile: the last event of each
   * request, without what the connector asks for as itself.
   */
  async seenOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seen: readonly AuditEvent[] }> {
    for (const { auditID } of await this.#tail.next()) this.#known.add(auditID);
    const result = await work();
    const marker = await this.bot.call('GET', MARKER);
    assert.equal(marker.status, 200, `the gateway serves no longer: ${marker.text}`);
    const events: AuditEvent[] = [];
    const isWhole = ({ auditID }: AuditEvent) => events.some((one) => one.auditID === auditID && isLast(one));
    await eventually(
      'the marker and all before it are in the audit log',
      async () => {
        events.push(...(await this.#tail.next()).filter(({ auditID }) => !this.#known.has(auditID)));
        return events.some(({ auditID }) => auditID === marker.id) && events.filter(isOfConnector).every(isWhole);
      },
      POLL_MS,
    );
    const concerned = events.filter(
      (event) => isOfConnector(event) && event.auditID !== marker.id && !OWN_TARGETS.includes(event.requestURI),
    );
    return { result, seen: [...new Map(concerned.map((event) => [event.auditID, event])).values()] };
  }

  /** Does something of which nothing may reach the API server. */
  async nothingSent<T>(work: () => Promise<T>): Promise<T> {
    const { result, seen } = await this.seenOf(work);
    assert.deepEqual(
      seen.map(({ requestURI }) => requestURI),
      [],
      'reached the API server',
    );
    return result;
  }

  /** Asks the control API, as an operator unless another token is given, or none. */
  async askControl(method: string, path: string, asked: ControlOptions = {}): Promise<Answer> {
    const { control, provider, caFile } = this.site;
    const token = asked.token === undefined ? await provider.token('operator') : asked.token;
    return call({
      method,
      url: `${control}/api/v1${path}`,
      ca: await readFile(caFile, 'utf8'),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: asked.body && JSON.stringify(asked.body),
    });
  }

  /** The records of the log since the last call. */
  async newRecords(): Promise<readonly IndexedRecord[]> {
    const records = await this.site.records(this.#nextRecord);
    this.#nextRecord = (records.at(-1)?.index ?? this.#nextRecord - 1) + 1;
    return records;
  }

  /** When an exchange's answer or stream ended, or the last lock was put, as the log has it. */
  async timeOf(what: 'lock' | { readonly end: string }): Promise<number> {
    const isIt = ({ record }: IndexedRecord) =>
      what === 'lock'
        ? record.type === 'lock'
        : (record.type === 'answer.end' || record.type === 'stream.end') && record.exchange === what.end;
    const { record } = await eventually('it is on record', async () => (await this.site.records()).findLast(isIt));
    return Date.parse(record.ts);
  }

  /** What the log says of the request of an exchange. */
  async recordedRequest(id: string): Promise<Readonly<Record<string, string>>> {
    const { status, json } = await this.askControl('GET', `/exchanges/${id}`);
    assert.equal(status, 200, 'the exchange is on record');
    return json.request;
  }
}

/** The first cause of a Status, in Countersign's own words. */
export function causeOf(status: { readonly details?: { readonly causes?: readonly { readonly reason?: string }[] } }) {
  return status.details?.causes?.[0]?.reason;
}

/** A refusal as a Status, with its code and its cause. */
export function assertRefused(answer: Pick<Answer, 'status' | 'text'>, status: number, cause: string): void {
  assert.equal(answer.status, status, answer.text);
  const body = JSON.parse(answer.text);
  assert.deepEqual([body.kind, body.code, causeOf(body)], ['Status', status, cause], answer.text);
}
