// SPDX-License-Identifier: Apache-2.0

/**
 * Milliseconds of processor time, of all threads of this process, that some work takes: beside other work they tell more
 * than a clock. Threads that collect garbage and compile count for whoever runs meanwhile.
 */
export function processorMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
