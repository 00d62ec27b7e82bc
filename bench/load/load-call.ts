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

/** What the generator is asked, one at a time. */
export type LoadCall =
  | {
      /** GETs for a time, on connections that stay open for the next call with the same target and protocol. */
      readonly kind: 'measure';
      readonly target: Target;
      readonly protocol: Protocol;
      readonly connections: number;
      readonly inFlightPerConnection: number;
      readonly ms: number;
      /** Length that each body must have, but for the digits of its object's revision. */
      readonly bodyBytes: number;
    }
  | {
      /** One GET, read to its end. */
      readonly kind: 'read';
      readonly target: Target;
      readonly protocol: Protocol;
      /** Text whose occurrences in the body are counted, which costs time. */
      readonly marker?: string;
      readonly timeoutMs: number;
    };

export interface Measured {
  readonly kind: 'measured';
  readonly requests: number;
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

/** `failed`: a request went wrong, so that nothing that was measured beside it counts. */
export type LoadAnswer = Measured | Read | { readonly kind: 'failed'; readonly why: string };
