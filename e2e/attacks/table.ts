// SPDX-License-Identifier: Apache-2.0
import { ROWS } from './rows.ts';

/** How the tries of a row went. */
export interface RowOutcome {
  tried: number;
  failed: number;
}

function outcomeOf(outcome: RowOutcome | undefined): string {
  if (outcome === undefined) return 'later';
  const { tried, failed } = outcome;
  return failed === 0 ? `${tried} held` : `${failed} of ${tried} CAME THROUGH`;
}

/** The table of attacks: row, what was tried, what came of it, and what waits for what. */
export function formatTable(outcomes: ReadonlyMap<number, RowOutcome>): string {
  const width = Math.max(...ROWS.map(({ attack }) => attack.length));
  const lines = ROWS.map(({ number, attack, later }) => {
    const outcome = outcomeOf(outcomes.get(number)).padEnd(10);
    return `${String(number).padStart(3)}  ${attack.padEnd(width)}  ${outcome}${later ? `  later: ${later}` : ''}`.trimEnd();
  });
  return [`${'row  attack'.padEnd(width + 7)}outcome`, ...lines].join('\n');
}
