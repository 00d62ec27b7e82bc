// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GITHUB, latin1, maskedInPieces, newStreamMask, outline } from '../fixtures/run-stream-mask.ts';

/** What is printed where the window ends, and then again of what follows there. */
const EDITORS: Readonly<Record<string, (next: string) => string>> = {
  'readline, of bash': () => ' \r',
  'readline, before a character that was there': (next) => `${next}\r`,
  'zle, of zsh': () => ' \r\u001b[K',
  'busybox ash': () => '\r\n',
  'busybox ash, whose line feed the terminal writes as two bytes': () => '\r\r\n',
};

const PROMPT = '\u001b[1;32mweb\u001b[0m:/srv# ';
const PROMPT_COLUMNS = 'web:/srv# '.length;

/** What comes of a line that is typed in a window of so many columns, and entered: letter by letter. */
function typed(line: string, columns: number, wrap: (next: string) => string): readonly string[] {
  const letters = Array.from(line, (letter, i) => {
    const isLast = (PROMPT_COLUMNS + i + 1) % columns === 0;
    return isLast ? `${letter}${wrap(line[i + 1] ?? ' ')}` : letter;
  });
  return [PROMPT, ...letters, '\r\n'];
}

interface How {
  readonly columns: number;
  /** How many letters come at once. */
  readonly letters: number;
  readonly ms: number;
}

function masked(pieces: readonly string[], { columns, letters, ms }: How): string {
  const mask = newStreamMask();
  mask.resized(columns);
  let now = 0;
  let out = '';
  for (let at = 0; at < pieces.length; at += letters, now += ms) {
    for (let due = mask.due(); due !== undefined && due <= now; due = mask.due()) out += latin1(mask.tick(due));
    mask.typed(now);
    out += latin1(mask.push(Buffer.from(pieces.slice(at, at + letters).join('')), now));
  }
  return outline(out + latin1(mask.end()));
}

const HOWS = [
  { letters: 1, ms: 0 },
  { letters: 1, ms: 90 },
  { letters: 1, ms: 700 },
  { letters: 5, ms: 30 },
  { letters: 4_096, ms: 0 },
];

describe('what is typed beyond the end of the window', () => {
  for (const [editor, wrap] of Object.entries(EDITORS)) {
    for (const [before, secret, after] of [
      ['export API_TOKEN=', 'correct0horse1battery2staple', ''],
      ['curl -H x:', GITHUB, ' https://shop'],
      ['psql postgres://app:', 'correct0horse1battery2staple', '@db/x'],
    ] as const) {
      it(`is masked in each row, by ${editor}: ${before}`, () => {
        for (let columns = 17; columns < 90; columns += 3) {
          for (const how of HOWS) {
            const out = masked([...typed(`${before}${secret}${after}`, columns, wrap), 'next line\r\n'], {
              columns,
              ...how,
            });
            for (let at = 4; at + 3 <= secret.length; at++)
              assert.ok(
                !out.includes(secret.slice(at, at + 3)),
                `${columns} ${JSON.stringify(how)} ${JSON.stringify(out)}`,
              );
            assert.match(out, /next line\r\n$/);
          }
        }
      });
    }

    it(`is left as it is where it is harmless, by ${editor}`, () => {
      const line = 'kubectl get pods -A -o wide --sort-by=.metadata.creationTimestamp | grep -v Running | head -n 40';
      for (let columns = 17; columns < 90; columns++) {
        const pieces = [...typed(line, columns, wrap), 'NAME READY STATUS\r\nweb-1 1/1 Running\r\n'];
        for (const how of HOWS) assert.equal(masked(pieces, { columns, ...how }), pieces.join(''));
      }
    });
  }

  it('ends with the line that was entered: what stands in the next one is its own', () => {
    for (let length = 1; length < 60; length++) {
      const text = `export API_TOKEN=${'x1'.repeat(length)}`;
      const out = masked([...typed(text, 40, () => '\r\n'), 'shown here\r\n'], {
        columns: 40,
        letters: 4_096,
        ms: 0,
      });
      assert.match(out, /\r\nshown here\r\n$/);
    }
  });

  it('joins rows that fill the window without forgetting what lines said', () => {
    for (const [columns, text, ...secrets] of [
      [11, 'password: |\r\n  line-one-xyz\r\n  line-two-abc\r\nnext: 1\r\n', 'one-xyz', 'two-abc'],
      [14, 'apiVersion: v1\r\ndata:\r\n  foo: aGVsbG8gd29ybGQ=\r\nkind: Secret\r\n', 'aGVsbG8gd29ybGQ'],
      [12, 'kind: Secret\r\nstringData:\r\n  foo: correct horse\r\n', 'correct horse'],
    ] as const) {
      const out = masked([text], { columns, letters: 4_096, ms: 0 });
      for (const secret of secrets) assert.ok(!out.includes(secret), out);
    }
  });

  it('is masked in the row in which busybox ash writes its prompt anew, once it has been told how wide the window is', () => {
    const rows = ['# export API_TOKEN=aa; echo -H x:ghp_012', '3456789abcdefghijABCDEFGHIJ012345 >/dev/', 'null'];
    for (const [before, prompt] of [
      ['# \u001b[6n', '\r# \u001b[J'],
      ['/srv # \u001b[6n\r/srv # \u001b[J', '\r\n\u001b[J# '],
    ] as const) {
      for (const ms of [0, 90]) {
        const keys = Array.from(rows.join('\r\r\n').slice(2));
        const out = masked([before, prompt, ...keys, '\r\r\n'], { columns: 40, letters: 1, ms });
        for (const part of ['3456', '789abcdefghij', 'ABCDEFGHIJ']) assert.ok(!out.includes(part), out);
      }
    }
  });

  it('is masked after a line whose title was long', () => {
    const title = `\u001b]0;${'t'.repeat(240)}\u0007a\rb\r\n`;
    const rows = '\u001b]0;x\u0007$ curl -H x:ghp_0123 \r456789abcdefghijABCD \rEFGHIJ012345 https:/ \r/shop\r\n';
    const out = masked([title, rows], { columns: 20, letters: 1, ms: 0 });
    for (const part of ['456789abcdefghij', 'EFGHIJ012345']) assert.ok(!out.includes(part), out);
  });
});

describe('in a window, masked whole equals masked in any pieces', () => {
  const PASSWORD = 'correct0horse1battery2staple';
  const lines = fc.constantFrom(
    ['curl -H x:', GITHUB, ' https://shop'],
    ['export API_TOKEN=', PASSWORD, ''],
    ['psql postgres://app:', PASSWORD, '@db/x'],
    ['curl -H "Authorization: Bearer ', 'abcDEF0123456789ghiJKL0123456789mnop', '" https://shop'],
    ['echo \'{"password": "', PASSWORD, '"}\''],
  );
  /** Of what no name stands before, so much must be in a row to be told from other words. */
  const TOLD = 8;
  const wraps = fc
    .record({
      line: lines,
      inRow: fc.integer({ min: TOLD, max: 27 }),
      wrap: fc.constantFrom(...Object.values(EDITORS)),
    })
    .map(({ line: [before = '', secret = '', after = ''], inRow, wrap }) => {
      const columns = PROMPT_COLUMNS + before.length + inRow;
      return {
        columns,
        secret,
        text: [...typed(`${before}${secret}${after}`, columns, wrap), 'next line\r\n'].join(''),
      };
    });

  it('wherever a wrap in a secret is cut', () => {
    fc.assert(
      fc.property(wraps, ({ columns, secret, text }) => {
        const whole = maskedInPieces(text, [], columns);
        assert.ok(!whole.includes(secret.slice(4, TOLD)), JSON.stringify(whole));
        for (let cut = 0; cut <= text.length; cut++)
          assert.equal(
            outline(maskedInPieces(text, [cut], columns)),
            outline(whole),
            `${columns} ${JSON.stringify(text)}`,
          );
      }),
    );
  });

  it('into many pieces', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 40 });
    fc.assert(
      fc.property(wraps, cuts, ({ columns, text }, at) => {
        const whole = outline(maskedInPieces(text, [], columns));
        assert.equal(outline(maskedInPieces(text, at, columns)), whole, `${columns} ${JSON.stringify(text)}`);
      }),
      { numRuns: 1_000 },
    );
  });
});
