// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { recurring } from '../recurring.ts';
import type { Collection, WriteDocument } from '../store/store.ts';
import type { ExchangeIndex } from './exchange-index.ts';

export interface SharedWritesParts {
  readonly writes: Collection<WriteDocument>;
  readonly exchanges: Pick<ExchangeIndex, 'get' | 'indexed'>;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
  /** How many are stored in six hours; default 100,000. */
  readonly maxInBlock?: number;
}

/** Ids begin with the time, in blocks of this length: what is old is removed without being read. */
const BLOCK_MS = 6 * 3_600_000;
/** Beside the block of this moment: a day. */
const KEPT_BLOCKS = 4;
const FORGET_MS = 3_600_000;
const AT_ONCE = 16;
const MAX_WAITING = 1_000;
/** Of those whose end never came: an exchange that is older is told by its log. */
const MAX_OPEN = 10_000;
/** In a block: some 100 MB of a store. Further ones are told by the gateway that had them, as its log is. */
const MAX_IN_BLOCK = 100_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What is on record here of exchanges with an intent, for the other gateways of the store, for a day. The log is the truth:
 * nobody waits for this, and what the store doesn't take is left out.
 */
export class SharedWrites {
  readonly #parts: SharedWritesParts;
  /** With an intent and no end, by exchange: where each stands, and whether it does already. */
  readonly #open = new Map<string, { readonly place: string; isStored: boolean }>();
  /** By exchange: what is stored is what is on record by then. */
  readonly #waiting = new Set<string>();
  #underWay: Promise<void> | undefined;
  #block = { begun: '', writes: 0 };

  constructor(parts: SharedWritesParts) {
    this.#parts = parts;
  }

  /** Notes what became of exchanges, after the index did. */
  observe(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.type === 'intent') this.#begin(record.exchange);
      else if (record.type !== 'outcome' && record.type !== 'refusal') continue;
      if (this.#open.has(record.exchange) && this.#waiting.size < MAX_WAITING) this.#waiting.add(record.exchange);
    }
    if (this.#waiting.size > 0) this.#underWay ??= this.#store();
  }

  /** Resolves once all that was noted is stored, or given up. */
  async stored(): Promise<void> {
    await this.#underWay;
  }

  /** What a gateway of the store has said of an exchange. @throws StoreError */
  async find(exchange: string): Promise<WriteDocument | undefined> {
    if (!UUID.test(exchange)) return undefined;
    const { writes } = this.#parts;
    const blocks = Array.from({ length: KEPT_BLOCKS + 1 }, (_, ago) => writes.get(this.#place(exchange, ago)));
    return (await Promise.all(blocks)).find((found) => found !== undefined)?.value;
  }

  /** Forgets what is old from now on, until it is disposed of. */
  start(): Disposable {
    return recurring(FORGET_MS, () => this.forgetOld(), this.#parts.onProblem);
  }

  async forgetOld(): Promise<void> {
    await this.#parts.writes.removeBefore(this.#place('', KEPT_BLOCKS));
  }

  #begin(exchange: string): void {
    const begun = this.#place('', 0);
    if (this.#block.begun !== begun) this.#block = { begun, writes: 0 };
    if (this.#block.writes >= (this.#parts.maxInBlock ?? MAX_IN_BLOCK)) return;
    this.#block.writes += 1;
    this.#open.set(exchange, { place: `${begun}${exchange}`, isStored: false });
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value as string);
  }

  async #store(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        const some = [...this.#waiting].slice(0, AT_ONCE);
        for (const exchange of some) this.#waiting.delete(exchange);
        await Promise.all(some.map((exchange) => this.#put(exchange)));
      }
    } catch (error) {
      this.#waiting.clear();
      this.#parts.onProblem(error);
    } finally {
      this.#underWay = undefined;
    }
  }

  async #put(exchange: string): Promise<void> {
    const { writes, exchanges } = this.#parts;
    const open = this.#open.get(exchange);
    const summary = exchanges.get(exchange);
    const isOfAgent = exchanges.indexed(exchange)?.isOfAgent;
    if (!open || !summary || isOfAgent === undefined) return;
    if (summary.state !== 'open') this.#open.delete(exchange);
    const { index: _, ...told } = summary;
    const document = { ...told, isOfAgent };
    if (open.isStored) await writes.replace(open.place, 1, document);
    else open.isStored = await writes.insert(open.place, document);
  }

  #place(exchange: string, blocksAgo: number): string {
    const block = Math.floor(this.#parts.now().getTime() / BLOCK_MS) - blocksAgo;
    return `${new Date(block * BLOCK_MS).toISOString()}/${exchange}`;
  }
}
