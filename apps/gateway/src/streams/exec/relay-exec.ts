// SPDX-License-Identifier: Apache-2.0
import type { StreamStatus } from '@countersign/kube';
import type { StreamFrame } from '@countersign/recording';
import { CallerGone } from '../../data/incoming.ts';
import type { Masked } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import { CONTROL_BYTES } from '../frame-turns.ts';
import { RecordedWay, type WayRecording } from '../recorded-way.ts';
import { blaming } from '../session.ts';
import { UnreadCaller } from '../unread-caller.ts';
import { type ExecCaller, type ExecInput, type ExecOutput, ownInput } from './exec-caller.ts';
import type { ExecUpstream } from './exec-upstream.ts';
import { MaskedOutput } from './output-mask.ts';

export interface ExecRelayParts {
  readonly exchange: Pick<Masked, 'abort' | 'allowance' | 'outputMask'>;
  readonly upstream: ExecUpstream;
  readonly recording: WayRecording;
  /** Whether what the caller types is recorded; that it ends, and the size of its terminal, always are. */
  readonly recordsStdin: boolean;
}

/** What has been passed on so far. */
export interface Flowed {
  /** From the caller: stdin. */
  readonly bytesUp: number;
  /** To the caller: stdout and stderr. */
  readonly bytesDown: number;
  /** How many values each rule masked. */
  readonly masked: Readonly<Record<string, number>>;
}

function frameOf(input: ExecInput): StreamFrame {
  switch (input.type) {
    case 'stdin':
      return { channel: 'stdin', bytes: input.data };
    case 'stdin-end':
      return { channel: 'stdin-end' };
    case 'resize':
      return { channel: 'resize', columns: input.size.width, rows: input.size.height };
  }
}

/**
 * What flows between a caller and a container. Up: what the caller sends is recorded, then goes upstream. Down: what
 * upstream sends is masked, recorded, then goes to the caller.
 */
export class ExecRelay implements Disposable {
  readonly #parts: ExecRelayParts;
  readonly #failed = Promise.withResolvers<never>();
  readonly #up: RecordedWay;
  readonly #down: RecordedWay;
  #outputs: Readonly<Record<ExecOutput, MaskedOutput>> | undefined;
  readonly #over = new AbortController();
  /** Aborted when nothing more is to be passed on. */
  readonly #ends: AbortSignal;
  #caller: ExecCaller | undefined;
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(parts: ExecRelayParts) {
    this.#parts = parts;
    this.#ends = AbortSignal.any([parts.exchange.abort.signal, this.#over.signal]);
    const onFailure = (error: unknown) => this.#failed.reject(error);
    this.#up = new RecordedWay(parts.recording, onFailure);
    this.#down = new RecordedWay(parts.recording, onFailure);
    this.#failed.promise.catch(() => {});
  }

  get flowed(): Flowed {
    const masked: Record<string, number> = {};
    for (const output of Object.values(this.#outputs ?? {})) {
      for (const [rule, count] of Object.entries(output.counts())) masked[rule] = (masked[rule] ?? 0) + count;
    }
    return { bytesUp: this.#bytesUp, bytesDown: this.#bytesDown, masked };
  }

  /**
   * Resolves with how the command ended, once all that it printed has been passed on; rejects as soon as either side or
   * the recording fails, or the exchange is ended.
   */
  async run(caller: ExecCaller): Promise<StreamStatus> {
    const { signal } = this.#parts.exchange.abort;
    const onAbort = () => this.#failed.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#caller = caller;
    using unread = new UnreadCaller(caller);
    const up = this.#relayUp(caller, unread);
    const down = this.#relayDown(caller);
    // The one that loses the race fails when its connection is closed.
    for (const each of [up, down]) each.catch(() => {});
    try {
      return await Promise.race([down, up, this.#failed.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** From now on nothing is passed on, and nothing more waited for. */
  [Symbol.dispose](): void {
    this.#over.abort();
    this.#caller?.stop();
    this.#up.stop();
    this.#down.stop();
    for (const output of Object.values(this.#outputs ?? {})) output[Symbol.dispose]();
  }

  async #relayUp(caller: ExecCaller, unread: UnreadCaller): Promise<never> {
    try {
      for await (const each of caller.inputs()) {
        unread.isUnread = true;
        const input = ownInput(each);
        const bytes = input.type === 'stdin' ? input.data.length : 0;
        await this.#hasAllowance(Math.max(bytes, CONTROL_BYTES));
        this.#tellOutputs(input);
        const isRecorded = input.type !== 'stdin' || this.#parts.recordsStdin;
        await this.#up.pass(bytes, isRecorded ? frameOf(input) : undefined, () => this.#send(input, bytes));
        unread.isUnread = false;
      }
      await this.#up.flush();
    } catch (error) {
      throw blaming('ERR_STREAM_MALFORMED', error);
    }
    throw new CallerGone();
  }

  /** What is typed comes back as an echo, and is wrapped where the terminal ends. */
  #tellOutputs(input: ExecInput): void {
    for (const output of Object.values(this.#outputs ?? {})) {
      if (input.type === 'resize') output.resized(input.size.width);
      else if (input.type === 'stdin') output.typed();
    }
  }

  /** Upstream may have ended while there is still input for it; how it ended is told by what came out of it. */
  async #send(input: ExecInput, bytes: number): Promise<void> {
    this.#bytesUp += bytes;
    try {
      await this.#parts.upstream.send(input);
    } catch (error) {
      if (!(error instanceof CallerGone)) throw error;
    }
  }

  async #relayDown(caller: ExecCaller): Promise<StreamStatus> {
    const { upstream } = this.#parts;
    const outputs = { stdout: this.#outputTo(caller, 'stdout'), stderr: this.#outputTo(caller, 'stderr') };
    this.#outputs = outputs;
    let status: StreamStatus | undefined;
    try {
      for await (const { channel, data } of upstream.outputs()) {
        await this.#hasAllowance(data.length);
        // An empty one says that the connection stands, and holds nothing to record.
        if (data.length === 0) await this.#deliver(caller, channel, data);
        else await outputs[channel].push(data);
      }
      status = upstream.status();
      for (const output of Object.values(outputs)) await output.end();
      await this.#down.flush();
    } catch (error) {
      throw blaming('ERR_ANSWER_MALFORMED', error);
    }
    // Clients take silence for success.
    if (status === undefined) throw new Fault('ERR_UPSTREAM_LOST');
    return status;
  }

  #outputTo(caller: ExecCaller, channel: ExecOutput): MaskedOutput {
    return new MaskedOutput({
      mask: this.#parts.exchange.outputMask?.(channel),
      nowMs: () => performance.now(),
      onBytes: (bytes) =>
        this.#down.pass(bytes.length, { channel, bytes }, () => this.#deliver(caller, channel, bytes)),
      onFailure: (error) => this.#failed.reject(error),
    });
  }

  async #deliver(caller: ExecCaller, channel: ExecOutput, data: Uint8Array): Promise<void> {
    this.#bytesDown += data.length;
    try {
      await caller.output(channel, data);
    } catch (error) {
      throw blaming('ERR_STREAM_MALFORMED', error);
    }
  }

  async #hasAllowance(bytes: number): Promise<void> {
    const { allowance } = this.#parts.exchange;
    allowance.spend(bytes);
    await allowance.hasBytes(this.#ends);
  }
}
