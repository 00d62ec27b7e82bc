// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { isSettling } from '../records/is-settling.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, OpenWriteDocument, Versioned } from '../store/store.ts';

/** A write that may have been done; `until` is when the same request is taken for a new one. */
export type Doubt = OpenWriteDocument & { readonly until: Date };

export interface OpenWritesParts {
  readonly writes: Collection<OpenWriteDocument>;
  /** Name of this gateway. */
  readonly gateway: string;
  readonly now: () => Date;
  /** The outcome stands whatever becomes of what is kept here. */
  readonly onProblem: (error: unknown) => void;
}

/** How long a request is told that nobody knows what became of it. After that, whoever asks anew has had time to look. */
const DOUBT_MS = 15 * 60_000;

/**
 * Writes that a countersignature let through, from before their intent until it is on record what became of them, over the
 * store: a gateway that dies in between has told nobody, and the same request, sent again to whichever gateway, would
 * otherwise be a new one. Requests are known by their {@link requestKey}.
 */
export class OpenWrites {
  readonly #parts: OpenWritesParts;
  /** Of this process, by exchange. */
  readonly #requests = new Map<string, string>();

  constructor(parts: OpenWritesParts) {
    this.#parts = parts;
  }

  /** The write of a request that may have been done, or be under way. */
  async doubt(request: string): Promise<Doubt | undefined> {
    const found = await this.#parts.writes.get(request);
    return found && !this.#isOld(found) ? { ...found.value, until: this.#end(found) } : undefined;
  }

  /** Notes, durably, that a write is about to be intended; false where the same one may be under way. */
  async begin(request: string, write: Pick<OpenWriteDocument, 'approval' | 'exchange'>): Promise<boolean> {
    const { writes, gateway, now } = this.#parts;
    const document = { ...write, gateway, at: now().toISOString() };
    const found = await writes.get(request);
    if (found && !this.#isOld(found)) return false;
    const begun = found
      ? await writes.replace(request, found.version, document)
      : await writes.insert(request, document);
    if (begun) this.#requests.set(write.exchange, request);
    return begun;
  }

  /** Forgets those of this process of which records tell what became of them. */
  async settle(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      if (record.type !== 'outcome' && record.type !== 'refusal') continue;
      const request = this.#requests.get(record.exchange);
      if (request === undefined) continue;
      this.#requests.delete(record.exchange);
      if (isSettling(record)) await this.#forget(request, record.exchange).catch(this.#parts.onProblem);
    }
  }

  /** After a crash: forgets those of this gateway of which its log knows what became of them. */
  async reconcile(areSettled: (exchanges: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    const { writes, gateway } = this.#parts;
    const own = (await everyDocument(writes)).filter(({ value }) => value.gateway === gateway);
    if (own.length === 0) return;
    const settled = await areSettled(own.map(({ value }) => value.exchange));
    for (const { id, value } of own) if (settled.has(value.exchange)) await this.#forget(id, value.exchange);
  }

  async forgetOld(): Promise<void> {
    const { writes } = this.#parts;
    for (const one of await everyDocument(writes)) if (this.#isOld(one)) await writes.remove(one.id, one.version);
  }

  async #forget(request: string, exchange: string): Promise<void> {
    const { writes } = this.#parts;
    const found = await writes.get(request);
    if (found?.value.exchange === exchange) await writes.remove(request, found.version);
  }

  #end({ value }: Versioned<OpenWriteDocument>): Date {
    return new Date(Date.parse(value.at) + DOUBT_MS);
  }

  #isOld(write: Versioned<OpenWriteDocument>): boolean {
    return this.#parts.now() >= this.#end(write);
  }
}
