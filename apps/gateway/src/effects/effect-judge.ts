// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import type { Hmac } from '@countersign/mask';
import { type Asker, FairThread } from '../apart/fair-thread.ts';
import { moved } from '../apart/moved.ts';
import { timed } from '../apart/timed.ts';
import type { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import {
  type AnswerOf,
  doWork,
  type EffectAnswer,
  type EffectWork,
  type EffectWorkKind,
  type QuestionOf,
  unpacked,
} from './effect-work.ts';

/** What is longer has a thread of its own, so that what most people write waits for none of them. */
const MIDDLE_BYTES = 64 * 1_024;
/** The most that three objects of 3 MiB take is some seconds. */
const MAX_MS = 30_000;
const MAX_HEAP_MIB = 1_024;

/** What of a question counts. */
interface Weight<K extends EffectWorkKind> {
  /** So many bytes are read where they came in: that takes some 2 ms, and 5 where they are lines of passwords. */
  readonly atOnceBytes: number;
  readonly bytes: (question: QuestionOf<K>) => readonly (Uint8Array | undefined)[];
  /** Of these, what is not needed any more: it may be gone from here. */
  readonly given: (question: QuestionOf<K>) => readonly (Uint8Array | undefined)[];
}

/** Of what is parsed alone. */
const PARSED_AT_ONCE_BYTES = 16 * 1_024;

const weights: { readonly [K in EffectWorkKind]: Weight<K> } = {
  effect: {
    atOnceBytes: 3 * 1_024,
    bytes: ({ body, before, result }) => [body?.bytes, body?.written?.packed, before, result],
    given: ({ before, result }) => [before, result],
  },
  'dry-run': {
    atOnceBytes: PARSED_AT_ONCE_BYTES,
    bytes: ({ request, body }) => (request.kind === 'resource' && request.verb === 'delete' ? [body?.bytes] : []),
    given: () => [],
  },
  'dry-run-paths': {
    atOnceBytes: PARSED_AT_ONCE_BYTES,
    bytes: ({ document }) => [document],
    given: ({ document }) => [document],
  },
  place: { atOnceBytes: PARSED_AT_ONCE_BYTES, bytes: ({ pod }) => [pod], given: ({ pod }) => [pod] },
  refusal: {
    atOnceBytes: 4 * 1_024,
    bytes: ({ body, bytes }) => [body?.written?.packed, bytes],
    given: ({ bytes }) => [bytes],
  },
};

/**
 * Reads what the API server answered to questions about writes and sessions, compares and masks it: all but short ones
 * apart, so that they keep nobody else waiting. Agents take turns there, and what it takes counts against their limits.
 */
export class EffectJudge {
  readonly #hmac: Hmac;
  readonly #middle: FairThread<EffectWork, EffectAnswer>;
  readonly #long: FairThread<EffectWork, EffectAnswer>;

  /** `key` is the one that masks are made with; its threads have it, too. */
  constructor(key: Uint8Array, maxMs = MAX_MS) {
    this.#hmac = oneShotHmac(key);
    const file = new URL(`./effect-worker${extname(import.meta.url)}`, import.meta.url);
    const options = { doing: 'finding out what a request would do', maxMs, maxHeapMiB: MAX_HEAP_MIB, data: key };
    this.#middle = new FairThread(file, options);
    this.#long = new FairThread(file, options);
  }

  /**
   * Memory of an answer of the API server in the question is given away. Rejects with the signal's reason, and with a fault
   * when there is no answer.
   */
  async find<K extends EffectWorkKind>(kind: K, question: QuestionOf<K>, asker: Asker): Promise<AnswerOf<K> | Fault> {
    const { atOnceBytes, bytes, given } = weights[kind] as Weight<K>;
    const length = bytes(question).reduce((sum, part) => sum + (part?.length ?? 0), 0);
    if (length <= atOnceBytes) {
      const { answer, ms } = timed(() => doWork(kind, question, this.#hmac));
      asker.spendMs(ms);
      return answer;
    }
    const thread = length <= MIDDLE_BYTES ? this.#middle : this.#long;
    const parts = given(question).flatMap((part) => (part ? moved(part) : []));
    return unpacked(await thread.ask({ kind, question }, asker, parts)) as AnswerOf<K> | Fault;
  }

  async close(): Promise<void> {
    await Promise.all([this.#middle.close(), this.#long.close()]);
  }
}
