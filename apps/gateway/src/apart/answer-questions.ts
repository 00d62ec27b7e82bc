// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './fair-thread.ts';
import { timed } from './timed.ts';

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
    const sent: ThreadAnswer<Answer> = timed(() => answer(question));
    port.postMessage(sent, [...movedOf(sent.answer)]);
  });
}
