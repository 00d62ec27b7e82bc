// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import type { LogRecord } from '@countersign/evidence';

const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const PSEUDONYM_BYTES = 16;
const MAX_REMEMBERED = 10_000;
/** Members of records that name a person, or something that may be called after one. */
const PERSON_MEMBERS = ['by', 'agent', 'owner', 'target'] as const;

/** A record whose ids are fit for a leaf, and what they stand for. */
export interface Pseudonymised {
  readonly record: LogRecord;
  readonly names: Readonly<Record<string, string>>;
}

/** Replaces what is no plain identifier by a keyed digest: the same name gets the same pseudonym as long as the key lives. */
export class Pseudonyms {
  readonly #key: Uint8Array;
  readonly #remembered = new Map<string, string>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  apply(record: LogRecord): Pseudonymised {
    const names: Record<string, string> = {};
    const substitute = (id: string, always = false): string => {
      if (!always && PLAIN_ID.test(id)) return id;
      const pseudonym = this.#pseudonym(id);
      names[pseudonym] = id;
      return pseudonym;
    };
    const changed: Record<string, unknown> = { ...record };
    for (const member of PERSON_MEMBERS) {
      const id = changed[member];
      if (typeof id === 'string') changed[member] = substitute(id);
    }
    if ('principal' in record && record.principal !== undefined) {
      const { principal } = record;
      changed.principal = {
        ...principal,
        id: substitute(principal.id),
        owner: substitute(principal.owner),
        act: principal.act.map(({ issuer, subject }) => ({ issuer, subject: substitute(subject, true) })),
      };
    }
    return { record: changed as unknown as LogRecord, names };
  }

  #pseudonym(name: string): string {
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    const mac = createHmac('sha256', this.#key).update(name).digest().subarray(0, PSEUDONYM_BYTES);
    const pseudonym = `~${mac.toString('base64url')}`;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, pseudonym);
    return pseudonym;
  }
}
