// SPDX-License-Identifier: Apache-2.0
import type { StreamStatus } from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { blaming } from '../session.ts';
import { type ExecCaller, type ExecInput, type ExecOutput, ownInput } from './exec-caller.ts';

/** So much of what a caller sends is kept before its session begins; then it is read no further. */
const MAX_BYTES = 65_536;
/** The last piece that is kept may be as long again. */
export const HELD_BYTES = 2 * MAX_BYTES;
/** What keeping a piece takes beside its bytes: an object, an array of bytes and what that is over. */
const PIECE_BYTES = 256;
/** Clients take a connection for dead after a minute without an answer to their pings. */
const ALIVE_MS = 5_000;
/** Whoever is not read on is seen to have left only when something is written to it. */
const UNREAD_ALIVE_MS = 1_000;
/** ^C, which a terminal in raw mode sends in the place of a signal. */
const INTERRUPT = 0x03;

export interface HeldCallerParts {
  readonly tty: boolean;
  /** Aborted when its exchange is over, or its connection is closed. */
  readonly over: AbortSignal;
  /** Its caller can't be read on, or has gone, before its session began. */
  readonly onGone: (error: unknown) => void;
}

function sizeOf(input: ExecInput): number {
  return PIECE_BYTES + (input.type === 'stdin' ? input.data.length : 0);
}

/**
 * A caller of exec or attach whose session has not been let through: it is read, so that its pings are answered and its
 * leaving is seen, and what it sends is kept for the session, at most 64 KiB and a piece.
 */
export class HeldCaller implements ExecCaller {
  readonly #caller: ExecCaller;
  readonly #parts: HeldCallerParts;
  readonly #kept: ExecInput[] = [];
  #alive: NodeJS.Timeout | undefined;
  #bytes = 0;
  /** Its session has begun. */
  #isTaken = false;
  /** It is told how it ended: what it still sends is nobody's. */
  #isLeaving = false;
  #error: unknown;
  #told: Promise<void> = Promise.resolve();
  /** Resolves when anything of this changes. */
  #change = Promise.withResolvers<void>();

  constructor(caller: ExecCaller, parts: HeldCallerParts) {
    this.#caller = caller;
    this.#parts = parts;
    this.#keepAliveEach(ALIVE_MS);
    parts.over.addEventListener('abort', () => this.#leave(), { once: true });
    if (parts.over.aborted) this.#leave();
    void this.#read();
  }

  /** Says why it waits, once it can hear it; whoever waits for a person waits for nothing else. */
  tell(channel: ExecOutput, notice: Uint8Array): void {
    this.#told = this.#caller.output(channel, notice).catch((error: unknown) => this.#end(error));
  }

  async *inputs(): AsyncGenerator<ExecInput> {
    this.#isTaken = true;
    clearInterval(this.#alive);
    for (;;) {
      const input = this.#kept.shift();
      if (input) {
        this.#bytes -= sizeOf(input);
        this.#changed();
        yield input;
      } else if (this.#error instanceof CallerGone) return;
      else if (this.#error !== undefined) throw this.#error;
      else await this.#change.promise;
    }
  }

  output(channel: ExecOutput, data: Uint8Array): Promise<void> {
    return this.#caller.output(channel, data);
  }

  get isHeld(): boolean {
    return this.#caller.isHeld;
  }

  stop(): void {
    this.#caller.stop();
  }

  keepAlive(): void {
    this.#caller.keepAlive();
  }

  /** Not before it was told why it waits: over SPDY it may have opened no streams yet, and would hear nothing. */
  async finish(status: StreamStatus): Promise<void> {
    this.#leave();
    await this.#told;
    await this.#caller.finish(status);
  }

  /** Nothing is for a session any more. It is read to its end all the same: only so is it seen to close. */
  #leave(): void {
    this.#isLeaving = true;
    this.#caller.stop();
    this.#kept.length = 0;
    this.#bytes = 0;
    clearInterval(this.#alive);
    this.#changed();
  }

  #keepAliveEach(ms: number): void {
    clearInterval(this.#alive);
    this.#alive = setInterval(() => this.#caller.keepAlive(), ms).unref();
  }

  async #read(): Promise<void> {
    try {
      for await (const input of this.#caller.inputs()) {
        if (this.#isInterrupt(input)) break;
        if (!this.#isLeaving) this.#keep(ownInput(input));
        if (this.#bytes >= MAX_BYTES) await this.#room();
      }
      this.#end(new CallerGone());
    } catch (error) {
      this.#end(blaming('ERR_STREAM_MALFORMED', error));
    }
  }

  /** Resolves when it is to be read on. */
  async #room(): Promise<void> {
    if (!this.#isTaken) this.#keepAliveEach(UNREAD_ALIVE_MS);
    while (this.#bytes >= MAX_BYTES) await this.#change.promise;
  }

  /** Before its session begins there is nothing in it that a ^C could be for. */
  #isInterrupt(input: ExecInput): boolean {
    const isWaiting = !this.#isTaken && !this.#isLeaving;
    return isWaiting && this.#parts.tty && input.type === 'stdin' && input.data.includes(INTERRUPT);
  }

  #keep(input: ExecInput): void {
    this.#kept.push(input);
    this.#bytes += sizeOf(input);
    this.#changed();
  }

  #end(error: unknown): void {
    this.#error ??= error;
    clearInterval(this.#alive);
    this.#changed();
    if (!this.#isTaken && !this.#isLeaving) this.#parts.onGone(this.#error);
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
