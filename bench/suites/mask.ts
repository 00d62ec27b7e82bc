// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { oneShotHmac } from '@countersign/gateway';
import { createMasker, type Hmac } from '@countersign/mask';
import { BenchError } from '../bench-error.ts';
import { type Row, row } from '../report/row.ts';
import { formRows } from './mask-forms.ts';
import { planOf } from './mask-plan.ts';
import { streamRows, terminalRows, verdictOfTerminal } from './mask-streams.ts';
import { turnRows, verdictOfTurns } from './mask-turns.ts';
import { podList, VALUES_PER_POD } from './pod-list.ts';
import { processorMsOf } from './processor-time.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';

const CHUNK_BYTES = 64 * 1024;
const LIST_BYTES = 24 * 1024 * 1024;
const VALUE_BYTES = [64, 512, 4096] as const;
/** A Secret has four values, and every second one holds them twice: as its data, and as kubectl last applied them. */
const VALUES_PER_SECRET = 4 * 1.5;

const POD_LIST_BYTES = 50_000_000;
const GOAL_RATIO = 3;
const BASE = 'base: JSON.parse, walk, JSON.stringify';

/** A list, and what masking it must count. */
interface Case {
  readonly group: string;
  readonly resource: string;
  readonly list: Uint8Array;
  readonly rule: string;
  readonly values: number;
  /** Replaces values in the parsed list. */
  readonly walk: (list: Parsed) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Parsed = any;

/**
 * Masks SecretLists with values of three sizes, half of the objects applied by kubectl (so each value stands twice), and a
 * list of pods, in chunks of 64 KiB on one thread. Rates count bytes of the list in a second of processor time; the base
 * parses, walks and writes the same bytes, and looks for nothing inside texts. Then masks large objects in turns,
 * and outputs of sessions.
 */
export async function maskSuite({ effort, onProgress }: SuiteContext): Promise<SuiteResult> {
  const hmac = oneShotHmac(randomBytes(32));
  const secrets = VALUE_BYTES.flatMap((valueBytes) => {
    onProgress(`mask: values of ${valueBytes} bytes`);
    return measure(secretCase(valueBytes), effort.rounds, hmac);
  });
  onProgress('mask: a list of pods');
  const pods = measure(podCase(), effort.rounds, hmac);
  onProgress('mask: pods as metadata and Tables');
  const forms = formRows(effort.rounds, hmac);
  onProgress('mask: large objects');
  const turns = turnRows(effort.rounds, hmac);
  onProgress('mask: outputs of sessions');
  const terminal = terminalRows(effort.rounds, hmac);
  return {
    rows: [...secrets, ...pods, ...forms, ...turns, ...streamRows(effort.rounds, hmac), ...terminal],
    notes: [
      'Masking alone, on one thread, without a network. Rates are by processor time, of all threads of the process.',
    ],
    verdicts: [verdictOf(pods), verdictOfTurns(turns), verdictOfTerminal(terminal)],
  };
}

function verdictOf(rows: readonly Row[]): Verdict {
  const goal = `a list of pods is masked ${GOAL_RATIO} times as fast as it is parsed, walked and written`;
  const ratio = rows.map(({ result }) => (result.kind === 'measured' ? result.ratio?.value : undefined)).find(Boolean);
  if (ratio === undefined) return { goal, measured: 'nothing', verdict: 'not judged' };
  return { goal, measured: `x${ratio.toFixed(2)}`, verdict: ratio >= GOAL_RATIO ? 'met' : 'missed' };
}

function secretCase(valueBytes: number): Case {
  const { list, secrets } = secretList(valueBytes);
  const group = `Mask, a list of ${secrets} Secrets with values of ${valueBytes} bytes`;
  const walk = ({ items }: Parsed) => {
    for (const { data } of items) for (const name of Object.keys(data)) data[name] = 'bWFza2Vk';
  };
  return { group, resource: 'secrets', list, rule: 'secret-data', values: secrets * VALUES_PER_SECRET, walk };
}

function podCase(): Case {
  const { list, pods } = podList(POD_LIST_BYTES);
  const group = `Mask, a list of ${pods} pods, 50 MB, ${VALUES_PER_POD} values in each`;
  return { group, resource: 'pods', list, rule: 'named-value', values: pods * VALUES_PER_POD, walk: walkPairs };
}

/** Visits all that there is, for values beside the names of secrets. */
function walkPairs(value: Parsed): void {
  if (typeof value !== 'object' || value === null) return;
  if (typeof value.name === 'string' && /pass|secret|token|key/i.test(value.name) && typeof value.value === 'string') {
    value.value = 'masked';
  }
  for (const name of Object.keys(value)) walkPairs(value[name]);
}

function measure({ group, resource, list, rule, values, walk }: Case, rounds: number, hmac: Hmac): Row[] {
  const times: number[] = [];
  const longest: number[] = [];
  const base: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    // What the base left behind in the round before is collected in a first pass, which counts for neither.
    maskOnce(list, resource, hmac);
    const { ms, longestWriteMs, counts } = maskOnce(list, resource, hmac);
    const baseMs = processorMsOf(() => parseAndWalk(list, walk));
    if (counts[rule] !== values)
      throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${group}: ${counts[rule]} values were masked, not ${values}`);
    // The first round warms up.
    if (round === 0) continue;
    times.push(list.length / 1_000 / ms);
    longest.push(longestWriteMs);
    base.push(list.length / 1_000 / baseMs);
  }
  return [
    row(group, 'masked', 'MB/s', times, { of: 'base', rounds: base }),
    row(group, BASE, 'MB/s', base),
    row(group, 'longest write of 64 KiB', 'ms', longest),
  ];
}

function maskOnce(list: Uint8Array, resource: string, hmac: Hmac) {
  const plan = planOf(resource, { verb: 'list', group: '' });
  const masker = createMasker(plan, { hmac, cluster: 'bench', nonce: randomBytes(16) });
  let longestWriteMs = 0;
  const ms = processorMsOf(() => {
    for (let at = 0; at < list.length; at += CHUNK_BYTES) {
      const before = performance.now();
      masker.write(list.subarray(at, at + CHUNK_BYTES));
      longestWriteMs = Math.max(longestWriteMs, performance.now() - before);
    }
    masker.end();
  });
  return { ms, longestWriteMs, counts: masker.counts() };
}

/** What a masker that reads the whole list would do before its first HMAC. */
function parseAndWalk(list: Uint8Array, walk: (list: Parsed) => void): void {
  const parsed = JSON.parse(new TextDecoder().decode(list));
  walk(parsed);
  new TextEncoder().encode(JSON.stringify(parsed));
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
