// SPDX-License-Identifier: Apache-2.0

/** Whether somebody is an agent's owner; `unclear` where they are named in ways that can't be compared. */
export type Separation = 'owner' | 'other' | 'unclear';

function isMail(name: string): boolean {
  return name.includes('@');
}

/** `ada` may be `ada@example.com`: the one says less. Two addresses are two people. */
function areOne(one: string, other: string): boolean {
  if (one === other) return true;
  return isMail(one) !== isMail(other) && one.split('@', 1)[0] === other.split('@', 1)[0];
}

/**
 * Compares an agent's owner, as its entry names them, with all that somebody's token calls them and their groups: in doubt
 * they are the owner. Whose token has no address can't be told from an owner who is known by one.
 */
export function separationOf(owner: string, names: readonly string[], groups: readonly string[]): Separation {
  const wanted = owner.trim().toLowerCase();
  const own = names.map((name) => name.trim().toLowerCase());
  const all = [...own, ...groups.map((group) => group.trim().toLowerCase())];
  if (all.some((name) => areOne(wanted, name))) return 'owner';
  return isMail(wanted) && !own.some(isMail) ? 'unclear' : 'other';
}
