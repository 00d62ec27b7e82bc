// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { oneShotHmac } from '@countersign/gateway';
import { createMasker, type Hmac, maskingFor } from '@countersign/mask';
import { BenchError } from '../bench-error.ts';
import { type Row, row } from '../report/row.ts';
import { streamRows } from './mask-streams.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';

const CHUNK_BYTES = 64 * 1024;
const LIST_BYTES = 24 * 1024 * 1024;
const VALUE_BYTES = [64, 512, 4096] as const;
/** A Secret has four values, and every second one holds them twice: as its data, and as kubectl last applied them. */
const VALUES_PER_SECRET = 4 * 1.5;

/**
 * Masks SecretLists with values of three sizes, half of the objects applied by kubectl (so each value stands twice), in
 * chunks of 64 KiB on one thread. Rates count bytes of the list; the base parses, walks and writes the same bytes. Then
 * masks outputs of sessions.
 */
export async function maskSuite({ effort, onProgress }: SuiteContext): Promise<SuiteResult> {
  const hmac = oneShotHmac(randomBytes(32));
  const rows = VALUE_BYTES.flatMap((valueBytes) => {
    onProgress(`mask: values of ${valueBytes} bytes`);
    return measure(valueBytes, effort.rounds, hmac);
  });
  onProgress('mask: outputs of sessions');
  rows.push(...streamRows(effort.rounds, hmac));
  return { rows, notes: ['Masking alone, on one thread, without a network.'], verdicts: [] };
}

function measure(valueBytes: number, rounds: number, hmac: Hmac): Row[] {
  const { list, secrets } = secretList(valueBytes);
  const group = `Mask, a list of ${secrets} Secrets with values of ${valueBytes} bytes`;
  const times: number[] = [];
  const longest: number[] = [];
  const base: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const { ms, longestWriteMs, maskedValues } = maskOnce(list, hmac);
    const baseMs = parseAndWalk(list);
    if (maskedValues !== secrets * VALUES_PER_SECRET)
      throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${maskedValues} values of ${secrets} Secrets were masked`);
    // The first round warms up.
    if (round === 0) continue;
    times.push(list.length / 1_000 / ms);
    longest.push(longestWriteMs);
    base.push(list.length / 1_000 / baseMs);
  }
  return [
    row(group, 'masked', 'MB/s', times, { of: 'base', rounds: base }),
    row(group, 'base: JSON.parse, walk, JSON.stringify', 'MB/s', base),
    row(group, 'longest write of 64 KiB', 'ms', longest),
  ];
}

function maskOnce(list: Uint8Array, hmac: Hmac) {
  const plan = maskingFor({
    ...{ kind: 'resource', method: 'GET', verb: 'list', segments: [], query: [], group: '', version: 'v1' },
    ...{ namespace: '', resource: 'secrets', subresource: '', name: '', labelSelector: '', fieldSelector: '' },
    dryRun: false,
  });
  if (plan === undefined) throw new BenchError('ERR_BENCH_WRONG_ANSWER', 'Secrets have no masking plan');
  const masker = createMasker(plan, { hmac, cluster: 'bench', nonce: randomBytes(16) });
  let longestWriteMs = 0;
  const started = performance.now();
  for (let at = 0; at < list.length; at += CHUNK_BYTES) {
    const before = performance.now();
    masker.write(list.subarray(at, at + CHUNK_BYTES));
    longestWriteMs = Math.max(longestWriteMs, performance.now() - before);
  }
  masker.end();
  return { ms: performance.now() - started, longestWriteMs, maskedValues: masker.counts()['secret-data'] ?? 0 };
}

/** What a masker that reads the whole list would do before its first HMAC. */
function parseAndWalk(list: Uint8Array): number {
  const started = performance.now();
  const { items } = JSON.parse(new TextDecoder().decode(list));
  for (const { data } of items) for (const name of Object.keys(data)) data[name] = 'bWFza2Vk';
  JSON.stringify(items);
  return performance.now() - started;
}

function secretList(valueBytes: number): { readonly list: Uint8Array; readonly secrets: number } {
  const items: string[] = [];
  for (let bytes = 0; bytes < LIST_BYTES || items.length % 2 === 1; bytes += items.at(-1)?.length ?? 0)
    items.push(secret(items.length, valueBytes));
  const list = new TextEncoder().encode(
    `{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${items.join()}]}\n`,
  );
  return { list, secrets: items.length };
}

function secret(index: number, valueBytes: number): string {
  const data = Object.fromEntries(
    ['username', 'password', 'tls.crt', 'tls.key'].map((name) => [name, randomBytes(valueBytes).toString('base64')]),
  );
  const manifest = JSON.stringify({ apiVersion: 'v1', data, kind: 'Secret', metadata: { annotations: {}, name: 's' } });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${manifest}\n` };
  const metadata = {
    name: `secret-${index}`,
    namespace: `namespace-${index % 40}`,
    uid: `6b0c9f0e-5d7c-4a53-9d4f-${String(index).padStart(12, '0')}`,
    resourceVersion: String(1000 + index),
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/part-of': 'bench' },
    annotations: index % 2 === 0 ? annotations : {},
  };
  return JSON.stringify({ metadata, data, type: 'Opaque' });
}
