// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GITHUB, JWT, KEY_LINES, maskedInPieces, outline, PEM } from '../fixtures/run-stream-mask.ts';
import { BARE_FORMS, Dice, NAMED_FORMS, OPAQUE, TOKENS } from '../fixtures/text-corpus.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

const FRAGMENTS = fc.constantFrom(
  ...[
    'x',
    'é',
    '"x"',
    '\\',
    '\\n',
    '\u001b[31m',
    '%3D',
    '=',
    ': ',
    ',',
    '{',
    '}',
    '[',
    '- ',
    'total 12',
    'invalid',
    '<password>',
  ],
  ...[
    '\u001b[2;3H',
    '\u001b]0;t\u0007',
    '\u001b',
    '\u001b[',
    '\0',
    '\u001bP',
    '\t',
    '\u0007',
    '\\u0070',
    'A'.repeat(76),
  ],
  ...['password', 'api_key', 'token', '--token ', 'name: DB_PASSWORD', 'value: ', 'secret: |', '  deep', 'Cookie: '],
  ...['Bearer ', 'hunter2', GITHUB, GITHUB.slice(0, 20), JWT, JWT.slice(0, 30), 'postgres://a:b@c', '://'],
  ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '-----BEGIN ', KEY_LINES[0] ?? ''],
  ...[base64('{"password":"hunter2"}'), 'AKIAIOSFODNN7EXAMPLE', 'abcdef.0123456789abcdef'],
);
const MOVES = fc.constantFrom(
  '\r',
  '\b',
  '\u001b[K',
  '\u001b[3D',
  '\u001b[2;3H',
  '\u001b[5G',
  '\u001b[1P',
  '\u001bM',
  '\r\n',
);
/** Each is not decided before its end, or before something else that it is of. */
const LATE: readonly string[] = [
  'name: DB_PASSWORD\nvalue:  <password>, token; ',
  'name: DB_PASSWORD\nvalue: | x',
  'password: |\n  masked-v1-password-abcdefghijklmnopqrstuvwx23 x',
  '\u001b]0;t\u0007xxxxxxxx-----END PRIVATE KEY-----',
  'Authorization: <x y>\r\n',
  'Authorization: -----END PRIVATE KEY-----\n',
  'invalid 8Q~',
  '--token "value": "',
  'passwordMHcCAQEEISet-Cookie: a=b',
  `${'A'.repeat(76)} \\n ${base64('{"password":"hunter2"}')}\r\n`,
  `${'A'.repeat(76)}\u001b[2;3H${base64('{"password":"hunter2"}')}`,
  `${'A'.repeat(76)}  \\u0070signature=`,
  '\u001b[2;3H\n\0abcdef.0123456789abcdef.\n',
];
const SEPARATORS = fc.constantFrom(' ', ' ', '\n', '\r\n', '; ', ', ');

describe('masked whole equals masked in any pieces', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 });
  const check = (text: Uint8Array, at: readonly number[]) =>
    assert.equal(
      outline(maskedInPieces(text, at)),
      outline(maskedInPieces(text)),
      JSON.stringify(Buffer.from(text).toString()),
    );

  it('for texts made of what verifiers and terminals look at', () => {
    const words = fc.array(fc.tuple(FRAGMENTS, SEPARATORS), { maxLength: 30 });
    const texts = words.map((parts) => Buffer.from(parts.flat().join('')));
    fc.assert(fc.property(texts, cuts, check), { numRuns: 1500 });
  });

  it('and in no pieces is shown what is a credential, whatever stands about it and however the cursor moves', () => {
    const texts = fc
      .array(fc.tuple(FRAGMENTS, fc.oneof(SEPARATORS, MOVES)), { maxLength: 30 })
      // A sequence that is begun takes the first letter of what follows.
      .map((all) =>
        all
          .filter(([part]) => part !== '\u001b' && part !== '\u001b[')
          .flat()
          .join(''),
      );
    const shown = (text: string, at: readonly number[]) => {
      const out = maskedInPieces(text, at);
      for (const piece of [GITHUB.slice(20, 36), JWT.slice(40, 56)])
        assert.ok(!out.includes(piece), JSON.stringify(text));
    };
    fc.assert(fc.property(texts, cuts, shown), { numRuns: 1000 });
  });

  it('for every split in two, and byte for byte', () => {
    const lines = ['a', ...PEM, 'password: |', '  x1', `{"token":"${JWT}"}`, `\u001b[1mz ${GITHUB}\u001b[0m`, '\rb'];
    const text = Buffer.from(lines.join('\r\n'));
    for (let cut = 0; cut <= text.length; cut++) check(text, [cut]);
    check(text, Array.from(text.keys()));
  });

  it('byte for byte, for what is decided late', () => {
    for (const text of LATE) check(Buffer.from(text), Array.from(Buffer.from(text).keys()));
  });

  it('for credentials in all the forms of the corpus', () => {
    const dice = new Dice(11);
    for (const [values, forms] of [
      [TOKENS, BARE_FORMS],
      [OPAQUE, NAMED_FORMS],
    ] as const) {
      for (const form of Object.values(forms)) {
        for (const make of Object.values(values)) {
          const text = Buffer.from(`first ${form(make(dice), dice)} last\r\nnext`);
          check(text, Array.from(text.keys()));
        }
      }
    }
  });

  it('for a line longer than is held, cut in a sequence of colours inside a key', () => {
    const key = `-----BEGIN PRIVATE KEY-----${'\u001b[31m'.repeat(1700)}x`;
    const text = Buffer.from(`Bearer ${'api_key'.repeat(1170)}${key}`);
    for (let cut = 16 * 1024; cut < 16 * 1024 + 6; cut++) check(text, [cut]);
  });

  it('for a line longer than terminals are wide, in which the cursor is moved on', () => {
    for (const move of ['\t', '\u001b[a', '\u001b[C']) {
      const keys = '-----END PRIVATE KEY-----'.repeat(149);
      const text = Buffer.from(`${keys}${'total 12'.repeat(800)}${move}${'abcdef.0123456789abcdef'.repeat(200)}`);
      for (const left of [2300, 2290, 2270]) check(text, [text.length - left]);
    }
  });

  it('for lines longer than are held', () => {
    const long = fc
      .array(fc.tuple(FRAGMENTS, fc.integer({ min: 1, max: 900 })), { minLength: 10, maxLength: 40 })
      .map((parts) =>
        Buffer.from(
          parts
            .map(([part, times]) => part.repeat(times))
            .join('')
            .slice(0, 120_000),
        ),
      );
    fc.assert(fc.property(long, fc.array(fc.nat(), { maxLength: 30 }), check), { numRuns: 20 });
  });
});
