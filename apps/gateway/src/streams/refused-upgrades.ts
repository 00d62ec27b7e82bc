// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { serializeTarget } from '@countersign/kube';
import type { Exchange } from '../exchange.ts';

/** A retry comes at once; a person who tries again comes later. */
const KEPT_MS = 10_000;
const MAX_KEPT = 4_096;

interface Kept {
  readonly exchange: string;
  readonly untilMs: number;
}

/**
 * The WebSocket attempts that were not switched: clients try the same once more with SPDY, and the record of that names
 * the first. Keeps 4,096 of them, each for 10 s or until its retry comes.
 */
export class RefusedUpgrades {
  readonly #nowMs: () => number;
  /** By what was asked for, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  /** `nowMs` is of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Must be called before the caller hears of it. Nothing where the exchange asked for something else. */
  remember(exchange: Exchange): void {
    if (exchange.upgrade?.offer.transport !== 'websocket' || exchange.incoming.reply.switched) return;
    const key = keyOf(exchange);
    if (key === undefined) return;
    this.#kept.delete(key);
    this.#kept.set(key, { exchange: exchange.id, untilMs: this.#nowMs() + KEPT_MS });
    for (const [oldest, { untilMs }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT && untilMs > this.#nowMs()) break;
      this.#kept.delete(oldest);
    }
  }

  /** The exchange that a SPDY attempt tries once more. It is told once. */
  firstOf(exchange: Exchange): string | undefined {
    if (exchange.upgrade?.offer.transport !== 'spdy') return undefined;
    const key = keyOf(exchange);
    const kept = key === undefined ? undefined : this.#kept.get(key);
    if (key === undefined || kept === undefined) return undefined;
    this.#kept.delete(key);
    return kept.untilMs > this.#nowMs() ? kept.exchange : undefined;
  }
}

/** Who asked for what: the policy verb and the target, whatever the HTTP method. */
function keyOf({ principal, session, cluster, request: sent, asked: first }: Exchange): string | undefined {
  const request = first ?? sent;
  if (principal === undefined || request === undefined) return undefined;
  const asked = JSON.stringify([principal.id, session ?? '', cluster, request.verb, serializeTarget(request)]);
  return createHash('sha256').update(asked).digest('base64');
}
