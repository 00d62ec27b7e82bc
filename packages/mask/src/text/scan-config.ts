// SPDX-License-Identifier: Apache-2.0
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import { AnchorCursor } from './anchor-cursor.ts';
import type { ConfigFormat } from './config-format.ts';
import { LineScanner } from './line-scanner.ts';
import { secretMembers } from './secret-members.ts';
import { joinHits, NO_HITS, type TextHit } from './text-hit.ts';
import type { TextScanner } from './text-scanner.ts';

const LF = 0x0a;

/**
 * What `scanText` finds, in a complete file of configuration: every scalar under a secret name must be masked, to the end of
 * its line or block. What is called JSON and is none is read as lines. Nothing else MUST be scanned before it is done.
 */
export function* scanConfig(scanner: TextScanner, text: Uint8Array, format: ConfigFormat): InTurns<readonly TextHit[]> {
  if (new AnchorCursor(text, 0, text.length).next(0) === text.length) return NO_HITS;
  yield;
  const found = yield* scanner.scanInTurns(text, { isStrict: true });
  const members = format === 'json' ? yield* secretMembers(text) : undefined;
  const named = members ?? (yield* hitsInLines(scanner, text));
  if (named.length === 0) return found;
  yield;
  return joinHits([...found, ...named]);
}

function* hitsInLines(scanner: TextScanner, text: Uint8Array): InTurns<readonly TextHit[]> {
  const lines = new LineScanner(scanner, { isConfig: true, mayBeginInside: false });
  const hits: TextHit[] = [];
  let turnEnd = DENSE_TURN_BYTES;
  for (let at = 0; at < text.length; ) {
    if (at > turnEnd) {
      turnEnd = at + DENSE_TURN_BYTES;
      yield;
    }
    const lineEnd = text.indexOf(LF, at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    hits.push(...(yield* lines.scanLineInTurns(text, at, end)));
    at = end + 1;
  }
  return hits;
}
