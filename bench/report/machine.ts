// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where a run took place. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly openssl: string;
  readonly nghttp2: string;
}

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    openssl: process.versions.openssl ?? '',
    nghttp2: process.versions.nghttp2 ?? '',
  };
}

/** Processes that wanted a core, on average over the last minute: what else the machine was doing. */
export function loadOverAMinute(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
