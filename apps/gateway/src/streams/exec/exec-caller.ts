// SPDX-License-Identifier: Apache-2.0
import {
  type KubeRequest,
  queryBoolean,
  type StreamStatus,
  type TerminalSize,
  type TerminalSizeDecoder,
} from '@countersign/kube';
import { ownBytes } from '../own-bytes.ts';

/** What a caller sends into a session. */
export type ExecInput =
  | { readonly type: 'stdin'; readonly data: Uint8Array }
  | { readonly type: 'stdin-end' }
  | { readonly type: 'resize'; readonly size: TerminalSize };

/** What comes out of a session. */
export type ExecOutput = 'stdout' | 'stderr';

/** Which streams a session has, as its query says. */
export interface SessionStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** Never beside a TTY, which has one output. */
  readonly stderr: boolean;
  readonly tty: boolean;
}

/**
 * The caller's end of a session, whatever it speaks. Reading stops while an input is dealt with; writing resolves when
 * there is room for more.
 */
export interface ExecCaller {
  /** Ends when the caller closes; answers its pings. @throws KubeError for what can't be read, CallerGone */
  inputs(): AsyncIterable<ExecInput>;
  /** @throws CallerGone */
  output(channel: ExecOutput, data: Uint8Array): Promise<void>;
  /** Whether it is not read on until its agent has bytes left. */
  readonly isHeld: boolean;
  /** Nothing more that it sends is waited for where its agent has no bytes left. */
  stop(): void;
  /** Shows the caller that it is connected, and this side whether it is: while a caller is not read, its pings starve. */
  keepAlive(): void;
  /** Says how it ended and closes in order; resolves once that is handed to the connection, or the caller is gone. */
  finish(status: StreamStatus): Promise<void>;
}

/** So much of a resize channel is read at a time: some forty sizes. */
const SIZES_BYTES = 1_024;

/** The sizes in a piece of a resize channel, read as they are asked for. @throws KubeError `ERR_KUBE_RESIZE` */
export function* sizesIn(decoder: TerminalSizeDecoder, data: Uint8Array): Generator<TerminalSize> {
  for (let at = 0; at < data.length; at += SIZES_BYTES) yield* decoder.push(data.subarray(at, at + SIZES_BYTES));
}

/** An input that may be kept. */
export function ownInput(input: ExecInput): ExecInput {
  return input.type === 'stdin' ? { type: 'stdin', data: ownBytes(input.data) } : input;
}

export function sessionStreams({ query }: KubeRequest): SessionStreams {
  const [stdin, stdout, stderr, tty] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) => queryBoolean(query, name));
  return { stdin: stdin === true, stdout: stdout === true, stderr: stderr === true && tty !== true, tty: tty === true };
}
