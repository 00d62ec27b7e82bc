// SPDX-License-Identifier: Apache-2.0
import { Automaton } from './automaton.ts';
import { gzipAnchors } from './encoded-runs.ts';
import { headerAnchors } from './header-value.ts';
import { jwtAnchors } from './jwt.ts';
import { nameAnchors } from './named-value.ts';
import { escapeAnchors } from './other-readings.ts';
import { privateKeyAnchors } from './private-key.ts';
import { redisAnchors } from './redis-client.ts';
import { secretDataAnchors } from './secret-data.ts';
import { specialAnchors } from './special-tokens.ts';
import type { Anchor } from './text-scan.ts';
import { urlAnchors } from './url-password.ts';
import { vendorAnchors } from './vendor-tokens.ts';

/** All that a text is searched for in one pass. */
export const anchors: readonly Anchor[] = [
  ...privateKeyAnchors,
  ...jwtAnchors,
  ...vendorAnchors,
  ...specialAnchors,
  ...urlAnchors,
  ...headerAnchors,
  ...secretDataAnchors,
  ...nameAnchors,
  ...redisAnchors,
  ...escapeAnchors,
  ...gzipAnchors,
];

export const automaton: Automaton = new Automaton(anchors.map(({ word }) => word));

/** Whether a word that ends at `end`, in this state of the automaton, is more than chance. */
export function mayStandAt(state: number, bytes: Uint8Array, end: number, to: number): boolean {
  for (const index of automaton.endingsOf(state)) {
    const { mayStand } = anchors[index] as Anchor;
    if (mayStand === undefined || mayStand(bytes, end, to)) return true;
  }
  return false;
}
