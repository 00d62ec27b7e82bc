// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';

/** One header: a lower-case name, and the values that it has. */
export interface SpdyHeader {
  readonly name: string;
  readonly values: readonly string[];
}

export type SpdyHeaders = readonly SpdyHeader[];

/** Frames that hold a header block. `fin`: the sender writes no more on the stream. */
export type HeaderFrame =
  | { readonly type: 'syn-stream'; readonly stream: number; readonly headers: SpdyHeaders; readonly fin: boolean }
  | { readonly type: 'syn-reply'; readonly stream: number; readonly headers: SpdyHeaders; readonly fin: boolean }
  | { readonly type: 'headers'; readonly stream: number; readonly headers: SpdyHeaders; readonly fin: boolean };

export type SpdyFrame =
  | HeaderFrame
  | { readonly type: 'rst-stream'; readonly stream: number; readonly status: number }
  | { readonly type: 'settings' }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goaway'; readonly lastStream: number; readonly status: number }
  /** `stream` is 0 for the whole connection. */
  | { readonly type: 'window-update'; readonly stream: number; readonly delta: number }
  /** As read, a piece of a data frame: `fin` only on its last. */
  | { readonly type: 'data'; readonly stream: number; readonly data: Uint8Array; readonly fin: boolean };

/** The types of control frames (SPDY Protocol Draft 3.1, §2.6). */
export const frameTypes = {
  'syn-stream': 1,
  'syn-reply': 2,
  'rst-stream': 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  headers: 8,
  'window-update': 9,
} as const;

/** Why a stream is reset (§2.6.3). */
export const resetStatuses = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
} as const;

/** Why a connection is left (§2.6.6). */
export const goawayStatuses = { ok: 0, protocolError: 1, internalError: 2 } as const;

export const FLAG_FIN = 1;
export const FLAG_UNIDIRECTIONAL = 2;
export const FRAME_HEAD_BYTES = 8;
export const SPDY_VERSION = 3;

/** A data frame says its length in three bytes. */
export const maxDataBytes = 0xff_ffff;
/** A stream says its number in 31 bits. */
export const maxStreamNumber = 0x7fff_ffff;

/** What is refused of a SPDY connection; the message never holds a byte of it. */
export function badSpdy(why: string): KubeError {
  return new KubeError('ERR_KUBE_SPDY', `the stream breaks SPDY/3.1: ${why}`);
}

export function spdyTooLarge(what: string): KubeError {
  return new KubeError('ERR_KUBE_SPDY_TOO_LARGE', `the stream is over a limit: ${what}`);
}
