// SPDX-License-Identifier: Apache-2.0
import { everyDocument } from '../store/every-document.ts';
import type { Collection, NoticeDocument, Versioned } from '../store/store.ts';
import { isUrgent, type Notice } from './notice.ts';

/** A notice for one receiver that has not been sent. */
export type Outgoing = Versioned<NoticeDocument>;

/** More of one receiver's than anybody would read after it has been away; a flood must not fill the store. */
const MAX_OF_RECEIVER = 500;

/** After those of a receiver in order of bytes, and before those of any other. */
const placeOf = (receiver: string) => `${receiver}/`;

const rankOf = ({ value }: Outgoing) => (isUrgent(value.notice.type) ? 0 : 1);
const putMs = ({ value }: Outgoing) => Date.parse(value.putAt);

/** What is to be sent, in the store: it outlives the gateway, and gateways of one store share it. */
export class Outbox {
  readonly #notices: Collection<NoticeDocument>;
  readonly #now: () => Date;
  readonly #max: number;

  constructor(notices: Collection<NoticeDocument>, now: () => Date, maxOfReceiver = MAX_OF_RECEIVER) {
    this.#notices = notices;
    this.#now = now;
    this.#max = maxOfReceiver;
  }

  /** For how many more of a receiver there is room. @throws StoreError */
  async room(receiver: string): Promise<number> {
    return Math.max(0, this.#max - (await this.#of(receiver)).length);
  }

  /** Puts a notice in for a receiver; one that is there already stays. @throws StoreError */
  async put(receiver: string, notice: Notice): Promise<void> {
    const at = this.#now().toISOString();
    const document = { receiver, notice, attempts: 0, putAt: at, nextAt: at };
    await this.#notices.insert(`${placeOf(receiver)}${notice.id}`, document);
  }

  /** Those of a receiver that are to be tried now, what is urgent first, then the oldest. @throws StoreError */
  async due(receiver: string): Promise<readonly Outgoing[]> {
    const nowMs = this.#now().getTime();
    const isDue = ({ value }: Outgoing) => Date.parse(value.nextAt) <= nowMs && this.#isFree(value);
    const due = (await this.#of(receiver)).filter(isDue);
    return due.sort((one, other) => rankOf(one) - rankOf(other) || putMs(one) - putMs(other));
  }

  /** Takes one for `ms`, so that no other gateway sends it meanwhile; undefined where another has. @throws StoreError */
  async lease({ id, version, value }: Outgoing, ms: number): Promise<Outgoing | undefined> {
    const leased = { ...value, leasedUntil: new Date(this.#now().getTime() + ms).toISOString() };
    return (await this.#notices.replace(id, version, leased)) ? { id, version: version + 1, value: leased } : undefined;
  }

  /** It was tried in vain, and is to be tried again after `ms`. @throws StoreError */
  async postpone({ id, version, value }: Outgoing, ms: number): Promise<void> {
    const { leasedUntil: _, ...rest } = value;
    const nextAt = new Date(this.#now().getTime() + ms).toISOString();
    await this.#notices.replace(id, version, { ...rest, attempts: value.attempts + 1, nextAt });
  }

  /** It was sent, or nobody will. @throws StoreError */
  async remove({ id, version }: Outgoing): Promise<void> {
    await this.#notices.remove(id, version);
  }

  /** Those that have been here for `ms` or longer, of any receiver, and that nobody is at. @throws StoreError */
  async olderThan(ms: number): Promise<readonly Outgoing[]> {
    const nowMs = this.#now().getTime();
    const isOld = ({ value }: Outgoing) => nowMs - Date.parse(value.putAt) >= ms && this.#isFree(value);
    return (await everyDocument(this.#notices)).filter(isOld);
  }

  /** In order of id: two gateways at once may have put in some more than there is room for. */
  async #of(receiver: string): Promise<readonly Outgoing[]> {
    const place = placeOf(receiver);
    const page = await this.#notices.list({ after: place, limit: this.#max });
    return page.filter(({ id }) => id.startsWith(place));
  }

  #isFree({ leasedUntil }: NoticeDocument): boolean {
    return leasedUntil === undefined || Date.parse(leasedUntil) <= this.#now().getTime();
  }
}
