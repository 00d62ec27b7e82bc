// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LINE_OVERLAP, MAX_LINE, type TextLine, TextLines } from './text-lines.ts';

function linesOf(...pieces: readonly (string | Uint8Array)[]): readonly TextLine[] {
  const view = new TextLines();
  const lines = pieces.flatMap((piece, i) => view.push(Buffer.from(piece as string), i));
  return [...lines, ...view.end()];
}

/** What is shown, and after a bar what was printed, where that differs. */
function textOf(...pieces: readonly string[]): readonly string[] {
  return linesOf(...pieces).map(({ shown, printed }) => (printed === undefined ? shown : `${shown}|${printed}`));
}

describe('TextLines', () => {
  it('reads through escape sequences', () => {
    assert.deepEqual(textOf('pa\x1b[1;31mss\x1b[0mword\x1b(B!\r\n'), ['password!']);
    assert.deepEqual(textOf('pa\u009b1mss', '\x1b[', '0mword'), ['password']);
    assert.deepEqual(textOf('se\u200bcret\u202e!'), ['secret!']);
  });

  it('shows a line as it stood at last, and keeps what was printed', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['hello\rHELP', 'HELPo|helloHELP'],
      ['abc\b\bX', 'aXc|abcX'],
      ['secret\r\x1b[K$ ', '$|secret$'],
      ['secret\x1b[2K\rok', 'ok|secretok'],
      ['secret\x1b[1K', '|secret'],
      ['1234567\x1b[3D\x1b[2P', '12347|1234567'],
      ['abc\x1b[2D\x1b[2@xy', 'axybc|abcxy'],
      ['abcdef\x1b[3G\x1b[2X', 'ab  ef|abcdef'],
      ['ab\x1b[3Cc', 'ab   c|abc'],
      ['a\tb', 'a       b'],
      ['-\x1b[4b', '-----'],
    ];
    for (const [given, expected] of cases) assert.deepEqual(textOf(given), [expected], JSON.stringify(given));
  });

  it('keeps what hides in strings and numbers that no terminal shows', () => {
    assert.deepEqual(textOf('\x1b]0;the secret\x07shown'), ['shown|0;the secretshown']);
    assert.deepEqual(textOf('\x1bPthe ', 'secret\x1b\\'), ['|the secret']);
    assert.deepEqual(textOf('x\x1b[4111111111111111m'), ['x|x4111111111111111']);
    const endless = linesOf('\x1b]', 'the secret'.repeat(3_000));
    assert.ok(endless.length > 2 && endless.every(({ printed = '' }) => printed.length <= 3 * MAX_LINE));
  });

  it('ends a line where the cursor leaves it', () => {
    assert.deepEqual(textOf('one\x1b[5;5Htwo\x1b[Athree\nfour\x1b[2Jfive\x1b[?1049hsix'), [
      'one',
      'two',
      'three',
      'four',
      'five',
      'six',
    ]);
  });

  it('tells when a line began', () => {
    const lines = linesOf('first', ' and more\nsec', 'ond\n\n', '\nthird');
    assert.deepEqual(
      lines.map(({ at, shown }) => [at, shown]),
      [
        [0, 'first and more'],
        [1, 'second'],
        [3, 'third'],
      ],
    );
  });

  it('gives a long line in pieces that overlap', () => {
    const words = Array.from({ length: 3_000 }, (_, i) => `w${i}`).join(' ');
    const lines = linesOf(words);
    assert.ok(
      lines.length > 3 && lines.every(({ shown, printed }) => shown.length <= MAX_LINE && printed === undefined),
    );
    for (let at = 0; at + LINE_OVERLAP <= words.length; at += 97) {
      const wanted = words.slice(at, at + LINE_OVERLAP).trim();
      assert.ok(
        lines.some(({ shown }) => shown.includes(wanted)),
        `not found at ${at}`,
      );
    }
  });

  it('gives printable text, the same for any split, of whatever comes in', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.constantFrom('\x1b[', '\r', '\n', '\b', '\t', '\x1b]0;', '\x07', '\x1b[K', '\x1b[9999C', '\x1b[5@', '\x1b[3P'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(200)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const whole = linesOf(bytes).map(({ shown, printed }) => [shown, printed]);
        for (const line of whole.flat()) assert.doesNotMatch(line ?? '', /\p{Cc}/u);
        const borders = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const split = linesOf(...borders.slice(1).map((border, i) => bytes.subarray(borders[i], border)));
        assert.deepEqual(
          split.map(({ shown, printed }) => [shown, printed]),
          whole,
        );
      }),
      { numRuns: 500 },
    );
  });
});
