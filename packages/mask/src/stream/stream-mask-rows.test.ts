// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GITHUB, latin1, maskedInPieces, newStreamMask, outline } from '../fixtures/run-stream-mask.ts';

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

interface Cost {
  readonly allMs: number;
  /** Of the piece that took longest. */
  readonly longestMs: number;
}

/** What it costs to mask, in ms of this thread's CPU: the least of three times. */
function cpuOf({ row, bytes, pieceBytes, isTyped = false }: Filled, columns: number): Cost {
  const data = Buffer.from(`${row}\r\n`.repeat(Math.ceil(bytes / (row.length + 2))));
  const once = () => {
    const mask = newStreamMask();
    if (columns > 0) mask.resized(columns);
    const before = cpuMs();
    let longestMs = 0;
    for (let at = 0, now = 0; at < data.length; at += pieceBytes, now++) {
      if (isTyped) mask.typed(now);
      const begun = cpuMs();
      mask.push(data.subarray(at, at + pieceBytes), now);
      longestMs = Math.max(longestMs, cpuMs() - begun);
    }
    mask.end();
    return { allMs: cpuMs() - before, longestMs };
  };
  const costs = [once(), once(), once()];
  const least = (of: (cost: Cost) => number) => Math.min(...costs.map(of));
  return { allMs: least(({ allMs }) => allMs), longestMs: least(({ longestMs }) => longestMs) };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
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
      const [rows, lines] = [cpuOf(filled, filled.row.length).allMs, cpuOf(filled, 0).allMs];
      // Each echo has the last of the rows before it looked at too.
      assert.ok(rows < lines * ('isTyped' in filled ? 12 : 8), `${rows} ms, and ${lines} ms as lines`);
    });
  }

  for (const row of [WIDE, NARROW, `${WIDE} ${WIDE} pw`]) {
    it(`cost no turn many times what twice as many lines do: of ${row.length} columns`, () => {
      const bytes = 65_536;
      const { longestMs } = cpuOf({ row, bytes, pieceBytes: 4_096 }, row.length);
      const lines = cpuOf({ row, bytes, pieceBytes: 8_192 }, 0).allMs / (bytes / 8_192);
      assert.ok(longestMs < lines * 10, `${longestMs} ms, and ${lines} ms as lines`);
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

/** What a program prints, how wide the window is, and what of it is a secret. */
interface Printed {
  readonly text: string;
  readonly columns: number;
  readonly secret: string;
}

/** Printed with a pause at one place, so long that whatever time lets go has gone on. */
function maskedWithPause({ text, columns }: Printed, cut: number, ms: number): string {
  const bytes = Buffer.from(text);
  const mask = newStreamMask();
  mask.resized(columns);
  let out = latin1(mask.push(bytes.subarray(0, cut), 0));
  for (let due = mask.due(); due !== undefined && due <= ms; due = mask.due()) out += latin1(mask.tick(due));
  out += latin1(mask.push(bytes.subarray(cut), ms));
  return out + latin1(mask.end());
}

describe('what is typed behind rows that fill the window', () => {
  const rows = 'root         1  0.0  0.1 /sbin/x\r\n'.repeat(40);
  const columns = 32;

  it('is echoed at once', () => {
    const mask = newStreamMask();
    mask.resized(columns);
    mask.push(Buffer.from(`${rows}$ `), 0);
    for (let at = 0; at < 300; at++) {
      mask.typed(at * 90);
      const key = at % columns === columns - 3 ? 'x\r\n' : 'x';
      assert.equal(latin1(mask.push(Buffer.from(key), at * 90)), key, `${at}`);
    }
  });

  /** What goes on of a line that is typed key by key behind those rows. */
  function typed(line: string): string {
    const mask = newStreamMask();
    mask.resized(columns);
    let out = latin1(mask.push(Buffer.from(rows), 0));
    for (const [at, key] of Array.from(inRows(line, columns).matchAll(/.(?:\r\n)?/g), ([one]) => one).entries()) {
      mask.typed(at * 90);
      out += latin1(mask.push(Buffer.from(key), at * 90));
    }
    return out + latin1(mask.end());
  }

  it('is masked', () => {
    const secret = 'correct0horse1battery2staple';
    for (let length = 0; length < columns; length++) {
      const out = typed(`$ echo ${'x'.repeat(length)} API_TOKEN=${secret} `);
      for (let at = 0; at + 4 <= secret.length; at++) assert.ok(!out.includes(secret.slice(at, at + 4)), out);
    }
  });

  it('is masked over as many rows as it takes', () => {
    const secret = Array.from({ length: 60 }, (_, at) => `w${at}Q`).join('');
    for (const line of [
      `$ export DB_PASSWORD=${secret} `,
      `$ mysql --password ${secret} -h db`,
      `$ echo pw=${secret}`,
    ]) {
      const out = typed(line).replaceAll('\r\n', '');
      for (let at = 0; at + 6 <= secret.length; at++) assert.ok(!out.includes(secret.slice(at, at + 6)), out);
    }
  });
});

describe('a row that fills the window is read with the next one, whatever is in it', () => {
  const PASSWORD = 'correct0horse1battery2staple';
  const printed = fc
    .record({
      said: fc.constantFrom(
        ['pw=', PASSWORD, ' x'],
        ['password: ', PASSWORD, ''],
        ['mysql --password ', PASSWORD, ' -h db'],
        ['postgres://app:', PASSWORD, '@db/x'],
        ['see ', GITHUB, ', it is new'],
      ),
      /** What stands before it in its row, where nothing tells what comes. */
      filler: fc
        .constantFrom('', 'x ', 'drwxr-xr-x ', 'a/b/c ')
        .chain((word) => fc.nat({ max: 12 }).map((count) => word.repeat(count))),
      before: fc.constantFrom('', 'total 12\r\n', `${'line\r\n'.repeat(40)}`),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ said: [name = '', secret = '', after = ''], filler, before, share }): Printed => {
      const line = `${filler}${name}${secret}${after}`;
      // Its first row ends before the secret, or in it.
      const columns = filler.length + 2 + Math.floor(share * (name.length + secret.length - 3));
      return { columns, secret, text: `${before}${inRows(line, columns)}\r\nnext\r\n` };
    });

  /** Everywhere but in the lines that come long before. */
  const cutsOf = ({ text }: Printed) => Array.from({ length: Math.min(text.length, 160) }, (_, i) => text.length - i);
  /** Of what no name stands before, what all tokens have goes on if the network pauses there. */
  const shownOf = ({ secret }: Printed, out: string) =>
    Array.from(secret.slice(4, -3), (_, at) => secret.slice(at + 4, at + 8)).find((part) => out.includes(part));

  it('wherever it ends, and wherever it is cut', () => {
    fc.assert(
      fc.property(printed, (what) => {
        const whole = outline(maskedInPieces(what.text, [], what.columns));
        assert.equal(shownOf(what, whole), undefined, whole);
        for (const cut of cutsOf(what))
          assert.equal(outline(maskedInPieces(what.text, [cut], what.columns)), whole, `${cut}`);
      }),
      { numRuns: 80 },
    );
  });

  it('and wherever the network pauses', () => {
    fc.assert(
      fc.property(printed, fc.constantFrom(25, 700), (what, ms) => {
        for (const cut of cutsOf(what)) {
          const out = maskedWithPause(what, cut, ms);
          assert.equal(shownOf(what, out), undefined, `${cut} ${out}`);
        }
      }),
      { numRuns: 80 },
    );
  });
});
