// SPDX-License-Identifier: Apache-2.0
import { LabError } from '../lab-error.ts';
import type { LabProcess } from './lab-process.ts';
import { identifyProcess, killProcesses } from './process-identity.ts';

const ATTEMPTS = 5;

/**
 * Runs `start`, which adds each program that it launches to `started`. If a port was taken between finding and binding
 * it, those programs are ended and `start` runs again, to find others; five times at most.
 * @throws what `start` throws
 */
export async function retryOnTakenPort<T>(start: (started: LabProcess[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const started: LabProcess[] = [];
    try {
      return await start(started);
    } catch (error) {
      if (!(error instanceof LabError && error.code === 'ERR_LAB_PORT_TAKEN') || attempt === ATTEMPTS) throw error;
      await killProcesses(started.flatMap(({ pid }) => identifyProcess(pid) ?? []));
    }
  }
}
