// SPDX-License-Identifier: Apache-2.0
import { paceFrames, type RecordedFrame, type RecordingFacts, ReplayText } from '@countersign/recording';

/** Where a player plays. */
export interface Screen {
  /** Resolves when there is room for more, or as soon as the signal aborts. */
  write(text: string, signal: AbortSignal): Promise<void>;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface PlayOptions {
  readonly facts: RecordingFacts | undefined;
  /** The frames from the beginning: asked for again at each jump. They may wait for more as long as `goesOn` says so. */
  readonly frames: (goesOn: () => boolean) => AsyncIterable<RecordedFrame>;
  readonly speed: number;
  readonly idleMs: number;
  /** Microseconds after its beginning: what came before comes at once. */
  readonly from: number;
}

const JUMP_MICROS = 10_000_000;
const CLEAR = '\x1b[H\x1b[2J';
const FOREVER_MS = 2_147_483_647;
/** A terminal may give several keys in one read; one that is a sequence is one key, also where the player knows it not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what keys are
const KEY = /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]|O?[^\x1b])?|./gs;

/**
 * Plays a recording in a terminal: what draws, and nothing else of it. Keys: space holds it, the arrows right and left
 * jump 10 s, q ends it.
 */
export class Player {
  readonly #options: PlayOptions;
  readonly #screen: Screen;
  #isHeld = false;
  #isOver = false;
  #at = 0;
  #jumpTo: number | undefined;
  #interrupt = new AbortController();

  constructor(options: PlayOptions, screen: Screen) {
    this.#options = options;
    this.#screen = screen;
  }

  /** Resolves at the end of the recording, or when a key ends it; the terminal is as it was. */
  async run(): Promise<void> {
    let from: number | undefined = this.#options.from;
    while (from !== undefined && !this.#isOver) {
      this.#jumpTo = undefined;
      await this.#playFrom(from);
      from = this.#jumpTo;
      if (from !== undefined && !this.#isOver) await this.#write(CLEAR);
    }
  }

  /** What was typed, any number of keys; what is no key of the player does nothing. */
  press(keys: string): void {
    for (const [key] of keys.matchAll(KEY)) this.#pressOne(key);
  }

  /** Ends it as soon as may be. */
  end(): void {
    this.#isOver = true;
    this.#breakIn();
  }

  #pressOne(key: string): void {
    const at = this.#jumpTo ?? this.#at;
    if (key === ' ') this.#isHeld = !this.#isHeld;
    else if (key === '\x1b[C') this.#jumpTo = at + JUMP_MICROS;
    else if (key === '\x1b[D') this.#jumpTo = Math.max(0, at - JUMP_MICROS);
    else if (key === 'q' || key === '\x03') this.#isOver = true;
    else return;
    this.#breakIn();
  }

  /** Ends whatever is waited for. */
  #breakIn(): void {
    this.#interrupt.abort();
    this.#interrupt = new AbortController();
  }

  async #write(text: string): Promise<void> {
    await this.#screen.write(text, this.#interrupt.signal);
  }

  get #isBroken(): boolean {
    return this.#isOver || this.#jumpTo !== undefined;
  }

  async #playFrom(from: number): Promise<void> {
    const { facts, frames, speed, idleMs } = this.#options;
    const text = new ReplayText(facts);
    this.#at = from;
    try {
      for await (const { frame, waitMs } of paceFrames(
        frames(() => !this.#isBroken),
        { speed, idleMs, from },
      )) {
        // What leads to where it begins is drawn while it is held, too: else a jump would show nothing.
        if (frame.at >= from) await this.#pause(waitMs);
        if (this.#isBroken) return;
        this.#at = Math.max(from, frame.at);
        await this.#write(text.push(frame));
      }
      await this.#pause(0);
    } finally {
      await this.#write(text.reset());
    }
  }

  async #pause(waitMs: number): Promise<void> {
    if (waitMs > 0 && !this.#isHeld) await this.#screen.wait(waitMs, this.#interrupt.signal);
    while (this.#isHeld && !this.#isBroken) await this.#screen.wait(FOREVER_MS, this.#interrupt.signal);
  }
}
