// SPDX-License-Identifier: Apache-2.0

/** An answer, and the milliseconds of this thread's processor time that it took. */
export function timed<T>(answer: () => T): { readonly answer: T; readonly ms: number } {
  const before = process.threadCpuUsage();
  const answered = answer();
  const { user, system } = process.threadCpuUsage(before);
  return { answer: answered, ms: (user + system) / 1_000 };
}
