// SPDX-License-Identifier: Apache-2.0
import { readGoldenAttacks } from '../../conformance/golden-attacks.ts';
import { checkGolden } from './check-golden.ts';
import { bodyTries } from './tries/bodies.ts';
import { connectionTries } from './tries/connections.ts';
import { corpusTries } from './tries/corpus.ts';
import { maskingTries } from './tries/masking.ts';
import { peerTries } from './tries/peers.ts';
import { portTries } from './tries/ports.ts';
import { recordTries } from './tries/records.ts';
import { sessionTries } from './tries/sessions.ts';
import { standingTries } from './tries/standing.ts';
import { tokenTries } from './tries/tokens.ts';
import { upstreamTries } from './tries/upstream.ts';
import type { Try } from './try.ts';

/** A row of the table of attacks, which `conformance/attacks/README.md` explains. */
export interface AttackRow {
  readonly number: number;
  readonly attack: string;
  /** What of it is not tried yet, and why. */
  readonly later?: string;
}

export const ROWS: readonly AttackRow[] = [
  { number: 1, attack: 'bytes behind an upgrade that is refused' },
  { number: 2, attack: 'Connection names the headers that impersonate' },
  { number: 3, attack: 'impersonation headers, however spelled' },
  { number: 4, attack: 'commas and line breaks in groups' },
  { number: 5, attack: 'nobody, who becomes the gateway itself' },
  { number: 6, attack: 'paths that two routers read differently' },
  { number: 7, attack: 'targets that URL libraries rewrite' },
  { number: 8, attack: 'the same paths behind another proxy' },
  { number: 9, attack: 'a way out of the base path upstream' },
  { number: 10, attack: 'a verb that looks like another' },
  { number: 11, attack: 'WebSocket on watch, logs and proxies' },
  { number: 12, attack: 'a credential as a WebSocket sub-protocol' },
  { number: 13, attack: 'WebSocket sub-protocols and frames' },
  { number: 14, attack: 'spellings of exec that a router misses' },
  { number: 15, attack: 'a caller that turns its record off' },
  { number: 16, attack: 'truths and repetitions of a session' },
  { number: 17, attack: 'what is as good as an exec, or a credential' },
  { number: 18, attack: 'redirects' },
  { number: 19, attack: "a scope that is not the resource's" },
  { number: 20, attack: 'parser bombs, and policies that are none' },
  { number: 21, attack: 'JSON that two parsers read differently' },
  { number: 22, attack: 'media types that say something else' },
  { number: 23, attack: 'smuggling, and HTTP/2 that wears out' },
  { number: 24, attack: "a source address of the caller's choice" },
  { number: 25, attack: 'access that outlives its reason' },
  {
    number: 26,
    attack: 'a countersignature that is none',
    later: 'quorum, replay, change after approval: e2e/approvals.test.ts and e2e/effects.test.ts try them',
  },
  {
    number: 27,
    attack: 'escapes that a terminal obeys',
    later: 'tar that unpacks elsewhere: what cp unpacks is for kubectl to judge',
  },
  { number: 28, attack: 'a recorder that fails' },
  { number: 29, attack: 'secrets in records and process logs' },
  {
    number: 30,
    attack: 'values that come past the masks',
    later: 'other kinds than Secrets, and logs: e2e/objects-masked.test.ts and e2e/logs-masked.test.ts try them',
  },
  { number: 31, attack: 'secrets that every installation shares' },
  { number: 32, attack: 'addresses that a caller lets us dial' },
  { number: 33, attack: 'listeners on loopback without a credential' },
  { number: 34, attack: 'connections, heads and bodies without end' },
  { number: 35, attack: 'refusals that say what is there' },
  { number: 36, attack: 'tokens that somebody forged' },
];

function goldenTries(): readonly Try[] {
  return readGoldenAttacks().flatMap((golden) =>
    golden.over.map((over) => ({
      row: golden.row,
      what: `${golden.what}, over ${over} (${golden.place})`,
      run: (field) => checkGolden(golden, over, field),
    })),
  );
}

/** Everything that is tried, row by row. */
export function everyTry(): readonly Try[] {
  const all = [
    ...goldenTries(),
    ...tokenTries,
    ...upstreamTries,
    ...connectionTries,
    ...bodyTries,
    ...peerTries,
    ...recordTries,
    ...sessionTries,
    ...portTries,
    ...standingTries,
    ...maskingTries,
    ...corpusTries,
  ];
  return all.toSorted((a, b) => a.row - b.row);
}
