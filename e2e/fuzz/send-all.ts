// SPDX-License-Identifier: Apache-2.0

const CONCURRENCY = 4;

/** Sends all of a batch, a few at a time, and resolves to what came of each, in the order in which it came. */
export async function sendAll<Case, Outcome>(
  batch: readonly Case[],
  sendOne: (one: Case) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const waiting = [...batch];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) outcomes.push(await sendOne(one));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return outcomes;
}
