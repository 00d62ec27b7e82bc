// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from '@countersign/lab';
import { type GoldenCase, readGoldenCases } from '../conformance/golden.ts';
import { type AuditEvent, readingOf } from './installation/audit-events.ts';
import { readEndpoint, sendRaw } from './raw-exchange.ts';

interface Sent {
  readonly title: string;
  readonly expected: string;
  readonly auditId: string;
  readonly status: number;
}

/** A request to send and what the API server's status and reading of it must be; `*` stands for any status. */
interface Trial {
  readonly title: string;
  readonly request: Pick<GoldenCase, 'method' | 'target' | 'headers' | 'body'>;
  readonly expected: string;
}

function rawTrial(golden: GoldenCase): Trial {
  return { title: `${golden.place} ${golden.method} ${golden.target}`, request: golden, expected: golden.server };
}

/** The canonical target of a case that has one: the API server must read from it what we read from the raw one. */
function canonicalTrial(golden: GoldenCase): Trial | undefined {
  const [, reading = '', target] = golden.answer.split(' ');
  if (target === undefined || golden.body !== undefined) return undefined;
  const opening = golden.method === 'GET' && reading.startsWith('create|');
  return {
    title: `${golden.place} canonical ${golden.method} ${target}`,
    request: { ...golden, target },
    expected: `* ${opening ? reading.replace('create|', 'get|') : reading}`,
  };
}

/** Sends each to an API server of its own, because some delete; its audit log is whole once it has stopped. */
async function measure(
  trials: readonly Trial[],
): Promise<{ readonly sent: readonly Sent[]; readonly events: ReadonlyMap<string, AuditEvent> }> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-differential-'));
  const lab = await startLab({ name: 'differential', node: false, dir });
  const sent: Sent[] = [];
  try {
    const endpoint = await readEndpoint(lab.adminKubeconfig);
    for (const { title, request, expected } of trials) {
      const auditId = randomUUID();
      const own = [['Accept', 'application/json'] as const, ['Audit-ID', auditId] as const];
      const status = await sendRaw(endpoint, { ...request, headers: [...own, ...request.headers] });
      sent.push({ title, expected, auditId, status });
    }
  } finally {
    await lab.stop();
  }
  const events = await readEvents(lab.auditLogFile);
  await rm(dir, { recursive: true });
  return { sent, events };
}

async function readEvents(file: string): Promise<ReadonlyMap<string, AuditEvent>> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return new Map(lines.map((line): [string, AuditEvent] => [JSON.parse(line).auditID, JSON.parse(line)]));
}

test('the API server reads each golden case as its file says, and its canonical target as we do', async (t) => {
  const cases = readGoldenCases();
  assert.ok(cases.length > 100, 'too few golden cases');
  const canonical = cases.map(canonicalTrial).filter((trial) => trial !== undefined);
  const { sent, events } = await measure([...cases.map(rawTrial), ...canonical]);
  for (const { title, expected, auditId, status } of sent) {
    await t.test(title, () => {
      const event = events.get(auditId);
      const shown = expected.startsWith('* ') ? '*' : `${status}`;
      assert.equal(event === undefined ? shown : `${shown} ${readingOf(event)}`, expected);
    });
  }
});
