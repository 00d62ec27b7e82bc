// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GoldenCase, readGoldenCases } from '../../../conformance/golden.ts';
import { buildGo } from '../../fixtures/build-go.ts';
import { type AuditEvent, readingOf } from '../../installation/audit-events.ts';
import { RunningProcess } from '../../installation/running-process.ts';
import { AS_BOT, recordedOf } from '../check-golden.ts';
import type { Field } from '../field.ts';
import { type Came, send } from '../send.ts';
import { type Try, triesOf } from '../try.ts';

const GO_PROXY = fileURLToPath(new URL('../../../bench/go-proxy', import.meta.url));

interface Tried {
  readonly golden: GoldenCase;
  readonly came: Came;
}

/** Sends every golden case of the parser that a request line can carry, to a port, over HTTP/1.1. */
async function sendAll(field: Field, port: number | undefined): Promise<readonly Tried[]> {
  const address = await field.address();
  const aim = {
    address: { ...address, port: port ?? address.port },
    prefix: '/clusters/lab',
    token: await field.site.token('bot'),
  };
  const tried: Tried[] = [];
  for (const golden of readGoldenCases()) {
    const { method, target, headers, body } = golden;
    // Opened, a watch would not end by itself; what begins with no slash would be another cluster's.
    if (golden.answer.startsWith('watch ') || !target.startsWith('/')) continue;
    const request = { form: 'plain', method, target, headers, body } as const;
    tried.push({ golden, came: await send({ request }, 'HTTP/1.1', aim) });
  }
  return tried;
}

/** What reaches the API server is what is on record, as the agent. */
async function assertJudgedAsSent(field: Field, events: readonly AuditEvent[]): Promise<void> {
  assert.ok(events.length > 10, `only ${events.length} reached the API server`);
  for (const event of events) {
    assert.deepEqual(event.impersonatedUser, AS_BOT);
    const recorded = recordedOf(await field.recordedRequest(event.auditID));
    assert.equal(recorded.split(' ')[0], readingOf(event), event.requestURI);
  }
}

/** Whether a refusal of the parser came with the status that the case names. */
function assertRefused({ golden, came }: Tried): void {
  const [status = ''] = golden.answer.split(' ');
  const wanted = golden.answer.startsWith('no-lane') ? '403' : status;
  if (!/^\d{3}$/.test(wanted)) return;
  // What is no request line at all never gets as far as the parser.
  const others = /^[A-Z]+$/.test(golden.method) && golden.target.startsWith('/') ? [] : ['400', '404'];
  const upgrade = golden.headers.some(([name]) => name === 'Upgrade') ? ['400'] : [];
  const fragment = golden.target.includes('#') ? ['404'] : [];
  const all = [wanted, ...others, ...upgrade, ...fragment];
  assert.ok(all.includes(String(came.answer)), `${golden.place} ${golden.method} ${golden.target}: ${came.answer}`);
}

async function corpus(field: Field, port?: number): Promise<readonly Tried[]> {
  const { result: tried, seen } = await field.seenOf(() => sendAll(field, port));
  const ids = new Set(tried.map(({ came }) => came.id));
  await assertJudgedAsSent(
    field,
    seen.filter(({ auditID }) => ids.has(auditID)),
  );
  const refused = new Set(
    tried.filter(({ golden }) => /^(?:\d|no-lane)/.test(golden.answer)).map(({ came }) => came.id),
  );
  assert.deepEqual(
    port === undefined ? seen.filter(({ auditID }) => refused.has(auditID)).map(({ requestURI }) => requestURI) : [],
    [],
    'refused, and sent all the same',
  );
  return tried;
}

const direct = triesOf(10, {
  'every case of the parser: what is refused is not sent, what is sent is what is on record': async (field) => {
    for (const tried of await corpus(field)) assertRefused(tried);
  },
});

const behindProxy = triesOf(8, {
  "every case of the parser, through Go's reverse proxy in front of the gateway": async (field) => {
    const { site } = field;
    const program = await buildGo(GO_PROXY, site.dir, 'front-proxy');
    const [certificate, key] = [join(site.dir, 'server.pem'), join(site.dir, 'server.key')];
    const proxy = new RunningProcess(
      program,
      [
        ...['-upstream', site.data, '-upstream-ca', site.caFile, '-client-cert', certificate, '-client-key', key],
        ...['-server-cert', certificate, '-server-key', key],
      ],
      process.env,
      'pipe',
    );
    try {
      const server = await proxy.stdout.find((line) => line.startsWith('https://'));
      for (const { golden, came } of await corpus(field, Number(new URL(server).port))) {
        assert.notEqual(came.answer, 500, golden.place);
      }
    } finally {
      await proxy.kill();
    }
  },
});

export const corpusTries: readonly Try[] = [...direct, ...behindProxy];
