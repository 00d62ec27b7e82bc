// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { createMasker, type Hmac, type MaskingPlan } from '@countersign/mask';
import { type Row, row } from '../report/row.ts';
import { planOf } from './mask-plan.ts';
import type { Verdict } from './suite.ts';

const MIB = 1_048_576;
const CHUNK_BYTES = 64 * 1024;
const GROUP = 'Mask, one object of 1 MiB, longest turn';
const GOAL_MS = 5;
/** Code is compiled in the first of them. */
const WARM_UP = 2;

/** Text of a length, made of lines. */
function lines(bytes: number, line: (index: number) => string): string {
  const all: string[] = [];
  for (let length = 0; length < bytes; length += all.at(-1)?.length ?? 0) all.push(line(all.length));
  return all.join('');
}

const configMap = (name: string, text: string) => ({ resource: 'configmaps', group: '', data: { [name]: text } });

/** Objects that take long, each for another reason. */
function objects(): Readonly<
  Record<string, { readonly resource: string; readonly group: string; readonly data: object }>
> {
  const values = Array.from({ length: 5_000 }, (_, n) => [`key-${n}`, randomBytes(48).toString('base64')]);
  const manifest = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    data: Object.fromEntries(values.slice(0, 2_500)),
  });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': manifest };
  return {
    'a plain text': configMap(
      'a',
      lines(MIB, (n) => `line ${n} of a "text"\n`),
    ),
    'a file of YAML': configMap(
      'a.yaml',
      lines(MIB, (n) => `key${n}:\n  name: value-${n}\n`),
    ),
    '20,000 credentials': configMap(
      'a.env',
      lines(0.7 * MIB, (n) => `DB_PASSWORD_${n}=hunter${n}xYz\n`),
    ),
    '900 credentials': configMap(
      'a.env',
      lines(MIB, (n) => `${n % 25 > 0 ? 'SETTING' : 'PASSWORD'}_${n}=some text ${n}xYz\n`),
    ),
    'a line of base64': configMap('a', btoa(lines(0.75 * MIB, (n) => `text ${n} and more\n`))),
    'a message': {
      ...{ resource: 'widgets', group: 'example.org' },
      data: { message: lines(MIB, (n) => `a text ${n} password=hunter${n}xYz `) },
    },
    '5,000 values': {
      resource: 'secrets',
      group: '',
      data: { data: Object.fromEntries(values), metadata: { annotations } },
    },
  };
}

/** Masks large objects as the gateway does, in turns; how long the longest turn of each takes, by processor time. */
export function turnRows(rounds: number, hmac: Hmac): Row[] {
  return Object.entries(objects()).map(([what, { resource, group, data }]) => {
    const body = new TextEncoder().encode(JSON.stringify({ kind: 'Any', ...data }));
    const plan = planOf(resource, { verb: 'get', group });
    const longest = Array.from({ length: rounds + WARM_UP }, () => longestTurnMs(plan, body, hmac));
    return row(GROUP, what, 'ms', longest.slice(WARM_UP));
  });
}

export function verdictOfTurns(rows: readonly Row[]): Verdict {
  const goal = `no object of 1 MiB takes over ${GOAL_MS} ms in one turn`;
  const worst = Math.max(...rows.map(({ result }) => (result.kind === 'measured' ? result.median : Number.NaN)));
  return { goal, measured: `${worst.toFixed(1)} ms`, verdict: worst <= GOAL_MS ? 'met' : 'missed' };
}

function longestTurnMs(plan: MaskingPlan, body: Uint8Array, hmac: Hmac): number {
  const masker = createMasker(plan, { hmac, cluster: 'bench', inflate: () => undefined });
  let longest = 0;
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const turns = masker.writeInTurns(body.subarray(at, at + CHUNK_BYTES))[Symbol.iterator]();
    for (let isDone = false; !isDone; ) {
      const before = process.threadCpuUsage();
      isDone = turns.next().done === true;
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, (user + system) / 1_000);
    }
  }
  masker.end();
  return longest;
}
