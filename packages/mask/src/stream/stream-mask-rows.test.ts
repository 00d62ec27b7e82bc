// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskedInPieces, newStreamMask } from '../fixtures/run-stream-mask.ts';

/** A line as it stands in rows, each of which a line feed ends where the window does. */
const inRows = (line: string, columns: number) => line.replace(new RegExp(`.{${columns}}`, 'g'), '$&\r\n');

/** A terminal whose output fills each row of its window, so that one line goes on for ever. */
interface Filled {
  /** What fills a row. */
  readonly row: string;
  readonly bytes: number;
  readonly pieceBytes: number;
  readonly isTyped?: boolean;
}

/** What it costs to mask, in ms of this thread's CPU: the least of three times. */
function cpuMs({ row, bytes, pieceBytes, isTyped = false }: Filled, columns: number): number {
  const data = Buffer.from(`${row}\r\n`.repeat(Math.ceil(bytes / (row.length + 2))));
  const once = () => {
    const mask = newStreamMask();
    if (columns > 0) mask.resized(columns);
    const before = process.threadCpuUsage();
    for (let at = 0, now = 0; at < data.length; at += pieceBytes, now++) {
      if (isTyped) mask.typed(now);
      mask.push(data.subarray(at, at + pieceBytes), now);
    }
    mask.end();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  };
  return Math.min(once(), once(), once());
}

const WIDE = `${'pw=aaaa1 '.repeat(8)}pw=aaaa1`;
const NARROW = 'pw=aaaa1';

describe('rows that fill the window, in which all is masked', () => {
  for (const [what, filled] of [
    ['wide ones', { row: WIDE, bytes: 65_536, pieceBytes: 4_096 }],
    ['narrow ones', { row: NARROW, bytes: 65_536, pieceBytes: 4_096 }],
    ['narrow ones in small pieces', { row: NARROW, bytes: 16_384, pieceBytes: 64 }],
    ['byte by byte, while something is typed', { row: NARROW, bytes: 8_192, pieceBytes: 1, isTyped: true }],
  ] as const) {
    it(`cost not many times what lines cost: ${what}`, () => {
      const [rows, lines] = [cpuMs(filled, filled.row.length), cpuMs(filled, 0)];
      assert.ok(rows < lines * 8, `${rows} ms, and ${lines} ms as lines`);
    });
  }

  it('hide a credential of 1.5 KiB in each row', () => {
    const secret = Array.from({ length: 384 }, (_, i) =>
      (i * 7_919 + 4_096).toString(36).padStart(4, 'z').slice(-4),
    ).join('');
    for (const columns of [20, 80, 200]) {
      for (let before = 0; before < 6_000; before += 500) {
        const line = `${'x1 '.repeat(before / 3)}$ export API_TOKEN=${secret}`;
        const out = maskedInPieces(`${inRows(line, columns)}\r\n`, [], columns);
        for (let at = 0; at + 8 <= secret.length; at += 4)
          assert.ok(!out.includes(secret.slice(at, at + 8)), `${columns} ${before} ${at}`);
      }
    }
  });
});
