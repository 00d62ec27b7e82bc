// SPDX-License-Identifier: Apache-2.0
import type { Requirement, Signature } from './approval.ts';

type Wanted = Pick<Requirement, 'group' | 'quorum'>;

/** How many people of a group are still missing. */
export interface Missing {
  readonly group: string;
  readonly count: number;
}

/** Rules that name one group are met by the same people, as many as the strictest of them wants. */
function wantedOf(requirements: readonly Wanted[]): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const { group, quorum } of requirements) wanted.set(group, Math.max(quorum, wanted.get(group) ?? 0));
  return wanted;
}

/** Seats of groups, and which signature sits in each: nobody sits in two. */
class Seating {
  readonly #seats: { readonly group: string; signature: number | undefined }[] = [];
  readonly #signatures: readonly Pick<Signature, 'groups'>[];

  constructor(wanted: ReadonlyMap<string, number>, signatures: readonly Pick<Signature, 'groups'>[]) {
    this.#signatures = signatures;
    for (const [group, count] of wanted)
      for (let seat = 0; seat < count; seat += 1) this.#seats.push({ group, signature: undefined });
    for (const index of signatures.keys()) this.#seat(index, new Set());
  }

  missing(): readonly Missing[] {
    const empty = this.#seats.filter(({ signature }) => signature === undefined).map(({ group }) => group);
    return [...new Set(empty)].map((group) => ({ group, count: empty.filter((one) => one === group).length }));
  }

  /** Finds a seat, if need be by moving others to other seats of theirs: the largest number gets one. */
  #seat(index: number, tried: Set<number>): boolean {
    const groups = this.#signatures[index]?.groups ?? [];
    for (const [at, seat] of this.#seats.entries()) {
      if (tried.has(at) || !groups.includes(seat.group)) continue;
      tried.add(at);
      if (seat.signature !== undefined && !this.#seat(seat.signature, tried)) continue;
      seat.signature = index;
      return true;
    }
    return false;
  }
}

/**
 * Who is still missing, by group, when each person counts once: somebody in two groups can't stand for both. Empty when
 * all is countersigned.
 */
export function missingOf(
  requirements: readonly Wanted[],
  signatures: readonly Pick<Signature, 'groups'>[],
): readonly Missing[] {
  return new Seating(wantedOf(requirements), signatures).missing();
}

/** How many signatures are missing in all. */
export function countOf(missing: readonly Missing[]): number {
  return missing.reduce((sum, { count }) => sum + count, 0);
}
