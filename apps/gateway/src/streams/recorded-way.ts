// SPDX-License-Identifier: Apache-2.0
import type { StreamFrame } from '@countersign/recording';
import type { OpenRecording } from '../recordings/open-recording.ts';
import { RecordingsError } from '../recordings/recordings-error.ts';
import { loopBudget } from '../turn-budget.ts';

/** What a way takes of a recording. */
export type WayRecording = Pick<OpenRecording, 'write' | 'room'>;

/** What a frame that waits takes beside its bytes, about: resizes and single keys have few or none. */
export const FRAME_BYTES = 1_280;

/**
 * One way of a recorded stream. What is given to it is passed on in its order, each frame only once it is durable: while
 * the disk has some, more is taken, as long as there is room for it, and whoever gives is held back from there on. After a
 * failure nothing is passed on any more, and `onFailure` hears of it, whoever waits or not.
 */
export class RecordedWay {
  readonly #recording: WayRecording;
  readonly #onFailure: (error: unknown) => void;
  /** Each resolves when its frame, and all before it, have been passed on. */
  readonly #waiting: Promise<void>[] = [];
  #bytes = 0;
  #isStopped = false;

  constructor(recording: WayRecording, onFailure: (error: unknown) => void) {
    this.#recording = recording;
    this.#onFailure = onFailure;
  }

  /**
   * Resolves when there is room for more: before that, the frame need not have been passed on. Its bytes MUST stay as they
   * are. A frame that is not to be recorded has no `frame`, and keeps its place.
   * @throws what recording failed with, or `release`: by the promise of this call or of a later one
   */
  async pass(bytes: number, frame: StreamFrame | undefined, release: () => Promise<void>): Promise<void> {
    const durable = frame && this.#recording.write(frame);
    const passed = this.#passOn(this.#waiting.at(-1), durable, release);
    const taken = bytes + FRAME_BYTES;
    this.#waiting.push(passed);
    this.#enter(taken);
    passed.then(
      () => {
        this.#leave(taken);
        void this.#waiting.shift();
      },
      (error: unknown) => {
        this.#leave(taken);
        this.#onFailure(error);
      },
    );
    // For the first that fails both are heard of above.
    durable?.catch(() => {});
    while (this.#recording.room.isFull(this.#bytes)) await this.#waiting[0];
  }

  /** Resolves when everything so far has been passed on. */
  async flush(): Promise<void> {
    await this.#waiting.at(-1);
  }

  /** From now on nothing is passed on, also not what is durable. */
  stop(): void {
    this.#isStopped = true;
  }

  #enter(bytes: number): void {
    this.#bytes += bytes;
    this.#recording.room.enter(bytes);
  }

  #leave(bytes: number): void {
    this.#bytes -= bytes;
    this.#recording.room.leave(bytes);
  }

  async #passOn(before: Promise<void> | undefined, durable: Promise<void> | undefined, release: () => Promise<void>) {
    await before;
    await durable;
    // The disk has many ready at once.
    const pause = loopBudget.next();
    if (pause !== undefined) await pause;
    if (this.#isStopped) throw new RecordingsError('ERR_RECORDINGS_CLOSED', 'the stream has ended');
    await release();
  }
}
