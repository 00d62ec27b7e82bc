// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { definitionOf } from '../../fixtures/custom-resource.ts';
import type { RawAddress } from '../../fixtures/raw-connection.ts';
import { type AuditEvent, isOfConnector } from '../../installation/audit-events.ts';
import { AuditTail } from '../../installation/audit-tail.ts';
import { AS_MUCH_AS_THERE_IS } from '../../installation/config-file.ts';
import { countersign } from '../../installation/countersign.ts';
import { eventually } from '../../installation/eventually.ts';
import { type Installation, startInstallation } from '../../installation.ts';
import { type RawEndpoint, readEndpoint } from '../../raw-exchange.ts';
import { type BodyCase, framed, STANDING } from './body-case.ts';

const GROUP = 'countersign:fuzzers';
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
/** Values in the clear, so that they can be compared. */
const POLICIES = '@id("all") @reveal permit (principal, action, resource);';

/** What an API server answered. */
export interface BodyAnswer {
  readonly status: number;
  readonly text: string;
}

/** An installation through which bodies are written, and the way round it. */
export class BodyField {
  readonly site: Installation;
  readonly #endpoint: RawEndpoint;
  readonly #tail: AuditTail;
  #nextRecord = 0;

  private constructor(site: Installation, endpoint: RawEndpoint) {
    this.site = site;
    this.#endpoint = endpoint;
    this.#tail = new AuditTail(site.lab('lab').auditLogFile);
  }

  static async start(): Promise<BodyField> {
    const site = await startInstallation({
      organisation: '// what bodies say is compared, not refused',
      clusters: { lab: { policies: POLICIES, rights: { [GROUP]: EVERYTHING } } },
      agents: { fuzzer: { clusters: { lab: [GROUP] }, limits: AS_MUCH_AS_THERE_IS } },
    });
    try {
      const { admin, adminKubeconfig } = site.lab('lab');
      await admin.apply([definitionOf({ group: 'things.example.com', scope: 'Namespaced', kind: 'Thing' })]);
      const things = '/apis/things.example.com/v1/namespaces/demo/things';
      await eventually('things are served', async () => (await admin.request('POST', things, STANDING)).status === 201);
      const account = '/api/v1/namespaces/demo/serviceaccounts/default';
      await eventually('pods may be made', async () => (await admin.request('GET', account)).status === 200);
      return new BodyField(site, await readEndpoint(adminKubeconfig));
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  /** Starts gateway and connector again, of another tree. */
  async restart(tree: string): Promise<void> {
    const { site } = this;
    await Promise.all([...site.connectors.values(), site.gateway].map((running) => running.stop()));
    await site.startGateway(tree);
    await site.startConnector('lab', { tree });
  }

  /** Where raw connections go. */
  async address(): Promise<RawAddress> {
    return { port: this.site.config.listeners.data.port ?? 0, ca: await readFile(this.site.caFile, 'utf8') };
  }

  /** The same request, from the same identity, without a gateway. */
  direct(one: BodyCase): Promise<BodyAnswer> {
    const { host, port, credentials } = this.#endpoint;
    const length = String(one.body.length);
    const headers = {
      accept: 'application/json',
      'content-type': one.contentType,
      'impersonate-user': 'countersign:agent:fuzzer',
      'impersonate-group': [GROUP, 'system:authenticated'],
      ...(one.chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<BodyAnswer>();
    const outgoing = request(
      { host, port, ...credentials, method: one.method, path: one.target, headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        answer.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(Buffer.from(one.body, 'latin1'));
    return promise;
  }

  /** The events of the connector since the last call, once those with these ids, which must come, are there. */
  async seen(ids: readonly string[]): Promise<ReadonlyMap<string, AuditEvent>> {
    const events = new Map<string, AuditEvent>();
    await eventually('all that was sent is in the audit log', async () => {
      for (const event of await this.#tail.next()) if (isOfConnector(event)) events.set(event.auditID, event);
      return ids.every((id) => events.has(id));
    });
    return events;
  }

  /** What policy was asked about each body since the last call, by exchange: the facts that it judged. */
  async judged(): Promise<ReadonlyMap<string, unknown>> {
    const { dir, keys } = this.site.evidence;
    const text = await countersign(
      'evidence',
      'list',
      dir,
      '--from',
      `${this.#nextRecord}`,
      '--keys',
      keys,
      '-o',
      'json',
    );
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    this.#nextRecord = (lines.at(-1)?.index ?? this.#nextRecord - 1) + 1;
    const found = new Map<string, unknown>();
    for (const { record, sealed } of lines) if (sealed?.input?.object) found.set(record.exchange, sealed.input.object);
    return found;
  }
}

/** The bytes of a case as a plain request of `send`, whose texts are latin-1. */
export function plainOf(one: BodyCase) {
  const framing: [string, string][] = one.chunked ? [['Transfer-Encoding', 'chunked']] : [];
  const headers: [string, string][] = [['Accept', 'application/json'], ['Content-Type', one.contentType], ...framing];
  assert.ok(one.target.startsWith('/'));
  return { form: 'plain' as const, method: one.method, target: one.target, headers, body: framed(one) };
}
