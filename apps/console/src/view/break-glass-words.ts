// SPDX-License-Identifier: Apache-2.0
import { type GrantLike, scopeWords } from './grant-words.ts';

/** Break-glass as far as its words go. */
export interface BrokenGlassLike {
  readonly state: GrantLike['state'];
  readonly scope?: GrantLike['scope'];
  readonly expiresAt: string;
}

/** Whether something is let on by it at this time. */
export function isBroken({ state, expiresAt }: BrokenGlassLike, nowMs: number): boolean {
  return state === 'active' && Date.parse(expiresAt) > nowMs;
}

/** What it is for. */
export function glassScope({ scope }: Pick<BrokenGlassLike, 'scope'>): string {
  return scope === undefined ? 'whatever rules ask for' : scopeWords(scope);
}

/** Its state in a word. */
export function glassState(glass: BrokenGlassLike, nowMs: number): 'open' | 'ended' | 'expired' {
  if (isBroken(glass, nowMs)) return 'open';
  return glass.state === 'active' || glass.state === 'expired' ? 'expired' : 'ended';
}
