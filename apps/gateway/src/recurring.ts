// SPDX-License-Identifier: Apache-2.0

/** Does some work every `ms`, but never twice at once, until it is disposed of. It keeps no process alive. */
export function recurring(ms: number, work: () => Promise<unknown>, onProblem: (error: unknown) => void): Disposable {
  let isUnderWay = false;
  const run = async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await work();
    } catch (error) {
      onProblem(error);
    } finally {
      isUnderWay = false;
    }
  };
  const timer = setInterval(() => void run(), ms).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
