// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import { type BodyQuestion, judgeBody } from './judge-body.ts';
import { moved } from './moved.ts';

const port = parentPort;
if (!port) throw new TypeError('judge-worker.ts runs in a worker thread only');

// What throws here ends the thread: whoever waits hears of it, and the next body gets another one.
port.on('message', (question: BodyQuestion) => {
  const verdict = judgeBody(question);
  const parts = verdict.kind === 'judged' ? [verdict.body.bytes, verdict.body.written?.packed] : [];
  port.postMessage(
    verdict,
    parts.flatMap((part) => (part ? moved(part) : [])),
  );
});
