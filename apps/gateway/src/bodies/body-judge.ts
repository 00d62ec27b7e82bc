// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import { type Asker, FairThread } from '../apart/fair-thread.ts';
import { moved } from '../apart/moved.ts';
import { Fault } from '../faults.ts';
import { type Binding, type BindingQuestion, bindBody } from './bind-body.ts';
import { type BodyQuestion, type BodyVerdict, judgeBody } from './judge-body.ts';
import { type NormalQuestion, normalDigest } from './normal-body.ts';
import { type Sighting, type SightQuestion, seeObject } from './see-object.ts';

/**
 * A body up to this size is judged where it came in, within 2 ms whatever is in it: most are about as long as it would take
 * to hand them over, but lines of passwords take some 0.3 ms for each KiB.
 */
const AT_ONCE_BYTES = 4 * 1_024;
/** Each step of a pointer of a JSON patch takes as long as 30 bytes of other bodies. */
const AT_ONCE_PATCH_BYTES = 1_024;
/** To read a body and write it anew, or to read an object, takes a tenth of what judging a body may. */
const READ_AT_ONCE_BYTES = 16 * 1_024;
/** To bring one into the form that all clients share takes twice as long. */
const NORMAL_AT_ONCE_BYTES = 8 * 1_024;
/** What is longer has a thread of its own, so that what most people write waits for none of them. */
const MIDDLE_BYTES = 32 * 1_024;
/** The questions of reviews are some hundred bytes long. They are judged where they came in: what is wanted of them can't be moved. */
const MAX_REVIEW_BYTES = 8 * 1_024;
/** The most that a body of 3 MiB takes is a second. */
const MAX_MS = 20_000;
const MAX_HEAP_MIB = 512;

/** What its threads are asked, and what they say. */
export type BodyWork = BodyQuestion | BindingQuestion | SightQuestion | NormalQuestion;
export type BodyAnswer = BodyVerdict | Binding | Sighting | { readonly kind: 'normal'; readonly sha256: string };

/**
 * Judges bodies: all but short ones apart, so that they keep nobody else waiting. Very long ones don't keep the others
 * waiting either.
 */
export class BodyJudge {
  readonly #middle: FairThread<BodyWork, BodyAnswer>;
  readonly #long: FairThread<BodyWork, BodyAnswer>;

  constructor(maxMs = MAX_MS) {
    const file = new URL(`./judge-worker${extname(import.meta.url)}`, import.meta.url);
    const options = { doing: 'judging a body', maxMs, maxHeapMiB: MAX_HEAP_MIB };
    this.#middle = new FairThread(file, options);
    this.#long = new FairThread(file, options);
  }

  /**
   * The bytes of the question are given away: they may be gone from here. Rejects with the signal's reason, and with a
   * fault when the body could not be judged.
   */
  judge(question: BodyQuestion, asker: Asker): BodyVerdict | Promise<BodyVerdict> {
    const { bytes, isReview } = question;
    if (isReview && bytes.length > MAX_REVIEW_BYTES) {
      return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE', detail: String(MAX_REVIEW_BYTES) };
    }
    if (isReview || bytes.length <= atOnceBytes(question)) return judgeBody(question);
    return this.#apart(question, bytes.length, asker, moved(bytes)) as Promise<BodyVerdict>;
  }

  /** The bytes of the question stay. Rejects as `judge` does. */
  bind(question: BindingQuestion, asker: Asker): Binding | Promise<Binding> {
    const length = question.bytes?.length ?? 0;
    return length <= READ_AT_ONCE_BYTES
      ? bindBody(question)
      : (this.#apart(question, length, asker) as Promise<Binding>);
  }

  /** The bytes of the question are given away. Rejects as `judge` does. */
  see(question: SightQuestion, asker: Asker): Sighting | Promise<Sighting> {
    const { live } = question;
    if (live.length <= READ_AT_ONCE_BYTES) return seeObject(question);
    return this.#apart(question, live.length, asker, moved(live)) as Promise<Sighting>;
  }

  /** `normalDigest` of a body, whose bytes stay. Rejects as `judge` does. */
  async normalDigest(question: NormalQuestion, asker: Asker): Promise<string> {
    const { length } = question.bytes;
    if (length <= NORMAL_AT_ONCE_BYTES) return normalDigest(question);
    const answer = await this.#apart(question, length, asker);
    if (answer.kind !== 'normal') throw new Fault('ERR_INTERNAL');
    return answer.sha256;
  }

  async close(): Promise<void> {
    await Promise.all([this.#middle.close(), this.#long.close()]);
  }

  #apart(work: BodyWork, length: number, asker: Asker, given: readonly ArrayBuffer[] = []): Promise<BodyAnswer> {
    return (length <= MIDDLE_BYTES ? this.#middle : this.#long).ask(work, asker, given);
  }
}

/** By what is declared: what is something else is refused. */
function atOnceBytes({ contentType }: BodyQuestion): number {
  return contentType?.toLowerCase().includes('json-patch') ? AT_ONCE_PATCH_BYTES : AT_ONCE_BYTES;
}
