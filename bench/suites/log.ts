// SPDX-License-Identifier: Apache-2.0
import { type AppendRate, measureAppendRate } from '@countersign/gateway';
import { type Row, row } from '../report/row.ts';
import { temporaryDir } from '../site/temporary-dir.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';

const LOADS = [
  { inFlight: 1, appends: 2_000 },
  { inFlight: 64, appends: 20_000 },
  { inFlight: 256, appends: 40_000 },
] as const;

function rowsOf(inFlight: number, rounds: readonly AppendRate[]): Row[] {
  const group = `Log, ${inFlight} append${inFlight === 1 ? '' : 's'} in flight`;
  const raw = rounds.map(({ rawSyncMs }) => rawSyncMs);
  const base = { of: 'raw sync', rounds: raw };
  return [
    row(
      group,
      'appends',
      '1/s',
      rounds.map(({ appendsPerSecond }) => appendsPerSecond),
      { of: 'raw syncs', rounds: raw.map((ms) => 1_000 / ms) },
    ),
    row(
      group,
      'until durable, p50',
      'ms',
      rounds.map(({ p50Ms }) => p50Ms),
      base,
    ),
    row(
      group,
      'until durable, p99',
      'ms',
      rounds.map(({ p99Ms }) => p99Ms),
      base,
    ),
    row(group, 'raw: write 4 KiB, fdatasync, p50', 'ms', raw),
  ];
}

/** Records of masked reads appended to a log of its own, beside what the disk does without a log. */
export async function logSuite({ effort, onProgress }: SuiteContext): Promise<SuiteResult> {
  await using stack = new AsyncDisposableStack();
  const dir = await temporaryDir(stack);
  const measured = new Map<number, AppendRate[]>(LOADS.map(({ inFlight }) => [inFlight, []]));
  for (let round = 1; round <= effort.rounds; round += 1) {
    onProgress(`log: round ${round} of ${effort.rounds}`);
    for (const { inFlight, appends } of LOADS) {
      const rate = await measureAppendRate(dir, inFlight, Math.ceil(appends / effort.divisor));
      measured.get(inFlight)?.push(rate);
    }
  }
  return {
    rows: [...measured].flatMap(([inFlight, rounds]) => rowsOf(inFlight, rounds)),
    notes: ['An append is over when record and signed checkpoint are durable. One process appends and waits.'],
    verdicts: [],
  };
}
