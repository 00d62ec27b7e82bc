// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './fair-thread.ts';

/**
 * The side of a `FairThread` that runs in it. `movedOf` says what of an answer's memory is given away. What `answer` throws
 * ends the thread: whoever waits hears of it, and the next question gets another one.
 */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Answer,
  movedOf: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): void {
  const port = parentPort;
  if (!port) throw new TypeError('questions are answered in a worker thread only');
  port.on('message', (question: Question) => {
    const before = process.threadCpuUsage();
    const answered = answer(question);
    const { user, system } = process.threadCpuUsage(before);
    const sent: ThreadAnswer<Answer> = { answer: answered, ms: (user + system) / 1_000 };
    port.postMessage(sent, [...movedOf(answered)]);
  });
}
