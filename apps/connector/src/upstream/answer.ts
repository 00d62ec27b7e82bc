// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { TunnelHeaderLines } from '@countersign/wire';

/** A request as the API server gets it; the credential is added last, by whoever sends it. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: TunnelHeaderLines;
  /** Absent when there is none; has exactly the declared length otherwise. */
  readonly body: Readable | undefined;
}

/** An answer whose body has not been read yet. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly lines: TunnelHeaderLines;
  readonly body: Readable;
  /** At the body's 'end': whether that was its real end. Node ends a body that was cut as well. */
  isWhole(): boolean;
}

/** A request under way. */
export interface UpstreamCall {
  /** @throws UpstreamError */
  readonly answer: Promise<UpstreamAnswer>;
  /** Gives the request up: the API server is told at once. */
  cancel(): void;
}
