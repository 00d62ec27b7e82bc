// SPDX-License-Identifier: Apache-2.0

export type Protocol = 'h1' | 'h2';

/** Where requests go and how their sender proves itself. */
export interface Target {
  readonly name: string;
  /** `https://HOST:PORT` */
  readonly origin: string;
  /** What is asked for: one after the other, over and over. */
  readonly paths: readonly string[];
  /** PEM. */
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is sent with a request: without it, it is a GET. */
export interface Sent {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly contentType: string;
  readonly body: string;
}

/** Opens streams that have no end, over HTTP/2, and keeps them. */
export interface HoldCall {
  readonly kind: 'hold';
  readonly target: Target;
  /** How many more. */
  readonly count: number;
  readonly perConnection: number;
  readonly timeoutMs: number;
}

/** What the generator is asked, one at a time. */
export type LoadCall =
  | HoldCall
  /** Closes what is held. */
  | { readonly kind: 'let-go' }
  | {
      /** Requests for a time, on connections that stay open for the next call with the same target and protocol. */
      readonly kind: 'measure';
      readonly target: Target;
      readonly protocol: Protocol;
      readonly connections: number;
      readonly inFlightPerConnection: number;
      readonly ms: number;
      /** Length that each body must have, but for the digits of its object's revision. */
      readonly bodyBytes: number;
      /** Whether being refused for asking too often (429) is an answer like any other. */
      readonly mayBeLimited?: boolean;
      /** What is sent to each of the target's paths, in their order; any answer below 500 is one then. */
      readonly sends?: readonly Sent[];
    }
  | {
      /** One request, its answer read to the end. */
      readonly kind: 'read';
      readonly target: Target;
      readonly protocol: Protocol;
      readonly sent?: Sent;
      /** Text whose occurrences in the body are counted, which costs time. */
      readonly marker?: string;
      readonly timeoutMs: number;
    };

export interface Measured {
  readonly kind: 'measured';
  readonly requests: number;
  /** Those of them that were refused with 429. */
  readonly limited: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Read {
  readonly kind: 'read';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly sha256: string;
  readonly markers: number;
  readonly seconds: number;
}

/** How many streams are held: after opening them, and when they were let go, before. */
export interface Held {
  readonly kind: 'held';
  readonly count: number;
  readonly seconds: number;
}

/** `failed`: a request went wrong, so that nothing that was measured beside it counts. */
export type LoadAnswer = Measured | Read | Held | { readonly kind: 'failed'; readonly why: string };
