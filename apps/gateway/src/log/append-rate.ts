// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { openDiskLog } from './disk-log.ts';

/** How fast a log on this disk takes records, beside what the disk itself does. */
export interface AppendRate {
  readonly inFlight: number;
  readonly appends: number;
  readonly appendsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Median of writing 4 KiB and syncing them, nothing else, just before. */
  readonly rawSyncMs: number;
}

const RAW_SYNCS = 200;
const RAW_BYTES = 4_096;

/**
 * Appends records of masked reads, one in each call, to a log that it makes below `dir` and removes again.
 * `inFlight` appends wait at any time.
 */
export async function measureAppendRate(dir: string, inFlight: number, appends: number): Promise<AppendRate> {
  const root = join(dir, `append-rate-${randomUUID()}`);
  const names = { origin: 'bench.local/audit', gateway: 'bench', version: '0' };
  const log = await openDiskLog({ home: join(root, 'home'), keyDir: join(root, 'keys'), ...names });
  try {
    const rawSyncMs = median(rawSyncTimes(join(root, 'raw')));
    const times: number[] = [];
    let left = appends;
    const append = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const start = performance.now();
        await log.append([maskedRead()]);
        times.push(performance.now() - start);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: inFlight }, append));
    const seconds = (performance.now() - start) / 1_000;
    const p99Ms = quantile(times, 0.99);
    return { inFlight, appends, appendsPerSecond: appends / seconds, p50Ms: median(times), p99Ms, rawSyncMs };
  } finally {
    await log.close();
    rmSync(root, { recursive: true });
  }
}

function maskedRead(): LogRecord {
  return {
    type: 'answer',
    exchange: randomUUID(),
    session: 'bench',
    cluster: 'lab',
    principal: { kind: 'agent', id: 'reporter', owner: 'platform', issuer: 'https://issuer.local', act: [] },
    request: {
      kind: 'resource',
      lane: 'read',
      verb: 'get',
      group: '',
      version: 'v1',
      namespace: 'demo',
      resource: 'secrets',
      subresource: '',
      name: 'database',
      dryRun: false,
    },
    decision: {
      id: randomUUID(),
      occasion: 'request',
      effect: 'allow',
      rules: [{ set: 'organisation', id: 'agents-read' }],
      policyDigest: `sha256:${'0'.repeat(64)}`,
    },
    status: 200,
    bytes: 1_024,
    masked: [{ rule: 'secret-data', count: 2 }],
    sealed: {
      source: { address: '192.0.2.1', port: 50_000 },
      userAgent: 'kubectl/v1.37.2',
      input: { principal: 'reporter', verb: 'get', resource: 'secrets', namespace: 'demo', name: 'database' },
    },
  };
}

function rawSyncTimes(path: string): number[] {
  const file = openSync(path, 'wx');
  const bytes = Buffer.alloc(RAW_BYTES, 1);
  try {
    return Array.from({ length: RAW_SYNCS }, () => {
      const start = performance.now();
      writeSync(file, bytes);
      fdatasyncSync(file);
      return performance.now() - start;
    });
  } finally {
    closeSync(file);
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
