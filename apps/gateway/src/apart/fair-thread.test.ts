// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asker, FairThread } from './fair-thread.ts';

/** Says what it is asked, but for `die`, by which it ends. */
const ECHO = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (answer) => answer === 'die' ? process.exit(1) : parentPort.postMessage({ answer, ms: 1 }));
  `)}`,
);

function open() {
  const spent: number[] = [];
  const asker: Asker = { agent: 'a', signal: new AbortController().signal, spendMs: (ms) => spent.push(ms) };
  const thread = new FairThread<unknown, unknown>(ECHO, { doing: 'saying it', maxMs: 10_000, maxHeapMiB: 64 });
  return { spent, ask: (question: unknown) => thread.ask(question, asker), close: () => thread.close() };
}

test('what can not be handed to it is refused, and the next is answered', async () => {
  const { ask, close } = open();
  const [refused, answered] = await Promise.allSettled([ask(() => 1), ask('a')]);
  assert.ok(refused?.status === 'rejected' && refused.reason.code === 'ERR_INTERNAL');
  assert.deepEqual(answered, { status: 'fulfilled', value: 'a' });
  await close();
});

test('what ends it has cost its agent the time until then, and the next gets another one', async () => {
  const { ask, close, spent } = open();
  await assert.rejects(ask('die'), { code: 'ERR_INTERNAL' });
  assert.ok((spent[0] ?? 0) > 0);
  assert.equal(await ask('a'), 'a');
  await close();
});
