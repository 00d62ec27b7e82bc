// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  GITHUB,
  JWT,
  KEY_LINES,
  latin1,
  maskedInPieces,
  newStreamMask,
  outline,
  PEM,
} from '../fixtures/run-stream-mask.ts';
import { CLEAN, Dice } from '../fixtures/text-corpus.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** One stream to which pieces come at times; gives what has come of it so far at each. */
function timed() {
  const mask = newStreamMask();
  let now = 0;
  const text = (bytes: Uint8Array) => outline(latin1(bytes));
  return {
    mask,
    push: (piece: string) => text(mask.push(Buffer.from(piece), now)),
    typed: () => mask.typed(now),
    after(ms: number): string {
      const until = now + ms;
      let out = '';
      for (let due = mask.due(); due !== undefined && due <= until; due = mask.due()) {
        now = due;
        out += text(mask.tick(now));
      }
      now = until;
      return out;
    },
    end: () => text(mask.end()),
  };
}

describe('createStreamMask', () => {
  it('masks values and leaves the rest of their lines, also without a line feed at the end', () => {
    const text = `a\r\nlogin password=hunter2 ok\r\n{"token":"${JWT}","n":1}\n\u001b[31mtoken\u001b[0m ${GITHUB}`;
    assert.equal(
      outline(maskedInPieces(text)),
      'a\r\nlogin password=<password> ok\r\n{"token":"<password>","n":1}\n\u001b[31mtoken\u001b[0m <key>',
    );
  });

  it('masks a private key over lines, and the colours in it', () => {
    const out = maskedInPieces(['before', ...PEM, 'after 1', ''].join('\r\n'));
    for (const piece of [...KEY_LINES, 'Zq7xK2vR9w']) assert.ok(!out.includes(piece));
    assert.ok(out.startsWith('before\r\n') && out.endsWith('\r\nafter 1\r\n'));
    const coloured = maskedInPieces(PEM.map((line) => `\u001b[33m${line}\u001b[0m\r\n`).join(''));
    for (const piece of KEY_LINES) assert.ok(!coloured.includes(piece));
    assert.ok(outline(coloured).startsWith('\u001b[33m<pem>\u001b[0m\r\n'));
  });

  it('reads through what terminals obey in another spelling, and through what has no width', () => {
    const [head, tail] = [GITHUB.slice(0, 9), GITHUB.slice(9)];
    const unseen = [
      '\u009b1m',
      '\u009b38;5;1m',
      '\u009d0;title\u009c',
      '\u0084',
      '\u200b',
      '\u200d\u2060',
      '\u00ad',
      '\ufeff',
    ];
    for (const between of unseen) {
      const text = `see ${head}${between}${tail} there\n`;
      assert.equal(outline(maskedInPieces(text)), 'see <key> there\n', JSON.stringify(between));
      const inAnchor = `see gh${between}${GITHUB.slice(2)} there\n`;
      assert.equal(outline(maskedInPieces(inAnchor)), 'see <key> there\n', JSON.stringify(between));
      for (const cut of Array.from({ length: Buffer.byteLength(text) }, (_, at) => at))
        assert.equal(outline(maskedInPieces(text, [cut])), 'see <key> there\n', `${JSON.stringify(between)} at ${cut}`);
    }
    const harmless = 'caf\u00e9 \u2500\u2500 \u201cquoted\u201d zero\u200bwidth na\u00adme \u062c\n';
    assert.equal(maskedInPieces(harmless), latin1(harmless));
  });

  it('takes a time for each byte that hangs on none of them', () => {
    for (const unseen of ['\u009b', '\u009d', '\u200b', '\u00ad', '\u009b1']) {
      const line = (count: number) => `${unseen.repeat(count)}ghp_${unseen.repeat(count)}\n`;
      for (const text of [line(4_000).repeat(128), line(512_000)]) {
        const before = process.cpuUsage();
        maskedInPieces(text);
        const { user, system } = process.cpuUsage(before);
        assert.ok(user + system < 10_000_000, `${JSON.stringify(unseen)}: ${user + system} µs for ${text.length}`);
      }
    }
  });

  it('counts by rule, and says so when it has ended', () => {
    const mask = newStreamMask();
    mask.push(Buffer.from(`${GITHUB}\n${GITHUB}\npassword=x9`), 0);
    mask.end();
    assert.deepEqual(mask.counts(), { 'github-token': 2, 'named-value': 1 });
    assert.throws(() => mask.push(Buffer.from('x'), 0), { code: 'ERR_MASK_ENDED' });
  });

  it('leaves its own masks alone', () => {
    const once = maskedInPieces(`password=hunter2 ${GITHUB} "token":"${JWT}"\n${base64('{"password":"hunter2"}')}\n`);
    assert.equal(maskedInPieces(once), once);
    assert.equal(maskedInPieces(once, [20, 30, 40]), once);
  });

  it('masks in the texts that control sequences contain', () => {
    for (const text of [
      `\u001b]0;login ${GITHUB}\u0007$ `,
      `\u001bP${GITHUB}\u001b\\`,
      `\u001b]52;c;${base64(GITHUB)}\u0007`,
    ]) {
      assert.ok(!maskedInPieces(`a ${text} b\n`).includes(GITHUB.slice(4, 12)), text);
    }
  });
});

describe('time', () => {
  it('lets a word wait for 20 ms, and what a blank ended not at all', () => {
    const { push, after, mask } = timed();
    assert.equal(push('total 0\nsome wo'), 'total 0\nsome ');
    assert.equal(after(19), '');
    assert.equal(after(1), 'wo');
    assert.equal(push('rd '), 'rd ');
    assert.equal(push('/ # \u001b[6n'), '/ # \u001b[6n');
    assert.equal(mask.due(), undefined);
  });

  it('keeps the state of what it let go', () => {
    const { push, after } = timed();
    assert.equal(push('use gh') + after(20) + push('p_0123456789abcdefghijABCD') + push(' now\n'), 'use gh<key> now\n');
  });

  it('masks what is a credential and not over after 500 ms, and all that goes on of it', () => {
    const { push, after, end, mask } = timed();
    assert.equal(push(`use ${GITHUB.slice(0, 16)}`), 'use ');
    assert.equal(after(499), '');
    assert.equal(after(1), '<key>');
    assert.equal(push(GITHUB.slice(16, 30)) + after(700) + push(GITHUB.slice(30)), '');
    assert.equal(push(' ok\n') + end(), ' ok\n');
    assert.deepEqual(mask.counts(), { 'github-token': 1 });
  });

  it('does so for a value under a secret name, however slowly it comes', () => {
    for (const [name, value, form] of [
      ['password=', 'hunter2hunter2', 'password'],
      ['token: ', 'Tr0ub4dor-and-more', 'password'],
      ['Authorization: Bearer ', 'abcdefghij0123456789', 'header'],
      ['postgres://app:', 'hunter2hunter2', 'url'],
    ] as const) {
      const { push, after, end } = timed();
      let out = push(name);
      for (const letter of value) out += push(letter) + after(600);
      out += push(form === 'url' ? '@db/x\n' : ' x\n') + end();
      assert.equal(out.replace(/(<\w+>)/, '<>').includes(value.slice(0, 3)), false, out);
      assert.ok(!out.includes(value.slice(-3)), out);
    }
  });

  it('has a letter that is typed at the end of a long line wait like the rest', () => {
    const { push, typed, after } = timed();
    assert.notEqual(push('a b '.repeat(1_100)), '');
    typed();
    assert.deepEqual([push('x'), after(20)], ['', 'x']);
  });

  it('shows a typed letter at once, and no credential of them', () => {
    const { push, typed, after } = timed();
    let out = '';
    for (const letter of 'ls -la /usr/local') {
      typed();
      assert.equal(push(letter), letter);
      after(90);
    }
    for (const letter of ` ${GITHUB}`) {
      typed();
      out += push(letter) + after(90);
    }
    out += push('\r\n');
    assert.ok(!out.includes(GITHUB.slice(4, 10)) && !out.includes(GITHUB.slice(-6)), out);
    assert.match(out, /<key>\r\n$/);
  });

  it('is not asked again when nothing is held', () => {
    const { mask, push, after } = timed();
    for (const piece of ['a', `password=x1`, GITHUB, ' \n', '\u001b[', 'eyJ', '\n']) {
      push(piece);
      after(1_000);
      assert.equal(mask.due(), undefined, piece);
    }
  });
});

/** What programs send that draw in a terminal: an editor, a monitor, progress in a line. */
const HARMLESS = [
  '\u001b[?1049h\u001b[22;0;0t\u001b[1;24r\u001b[?12h\u001b[?12l\u001b[22;2t\u001b[22;1t\u001b[27m\u001b[23m\u001b[29m\u001b[m\u001b[H\u001b[2J',
  '\u001b[?25l\u001b[24;1H"notes.txt" 3L, 40B\u001b[1;1Hfirst line\r\nsecond line\r\n\u001b[94m~\u001b[4;80H\u001b[5;1H~\u001b[m\u001b[24;63H1,1\u001b[11CAll\u001b[1;1H\u001b[?25h',
  '\u001b[H\u001b[Jtop - 12:00:01 up 3 days,  1:02,  0 users,  load average: 0.10\u001b(B\u001b[m\u001b[39;49m\u001b[K\n\u001b[7m  PID USER      PR  NI    VIRT \u001b[m\u001b[K\n    1 root      20   0    4624\u001b[K\n',
  ...Array.from({ length: 30 }, (_, i) => `\r[${'#'.repeat(i)}${'-'.repeat(29 - i)}] ${i * 3}% ETA 00:${30 - i}`),
  '\rreading package lists... 50%\rreading package lists... Done\u001b[K\r\n',
  'kubectl get p\b \b\b \bnodes\r\n\u0007\u001b[6n\u001b[1;32mweb\u001b[0m:\u001b[34m/srv\u001b[0m# ',
  '\u001b7\u001b[24;0f\u001b[42m\u001b[30mProgress: [ 42%]\u001b[49m\u001b[39m\u001b8',
  'Größe: 12 MB \u{1f680} fertig\r\n',
  '\u001b]0;root@web: /srv\u0007\u001b]8;;https://example.org/a\u001b\\a link\u001b]8;;\u001b\\ ',
];

describe('harmless output is unchanged', () => {
  it('byte for byte, in any pieces', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    const texts = fc.array(fc.constantFrom(...HARMLESS), { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, cuts, (text, at) => assert.equal(maskedInPieces(text, at), latin1(text))),
      { numRuns: 500 },
    );
  });

  it('and however slowly it comes', () => {
    for (const [i, text] of HARMLESS.entries()) {
      const bytes = Buffer.from(text);
      for (let size = 1; size < 24; size += 5) {
        const mask = newStreamMask();
        let now = 0;
        let out = '';
        for (let at = 0; at < bytes.length; at += size) {
          out += latin1(mask.push(bytes.subarray(at, at + size), now));
          for (let due = mask.due(); due !== undefined && due <= now + 1000; due = mask.due())
            out += latin1(mask.tick(due));
          now += 1000;
        }
        assert.equal(out + latin1(mask.end()), latin1(text), String(i));
      }
    }
  });

  it('of what clusters and programs say, in colours too', () => {
    const dice = new Dice(7);
    let touched = 0;
    for (let i = 0; i < 3000; i++) {
      const clean = (CLEAN[i % CLEAN.length] as (typeof CLEAN)[number])(dice);
      const text = `\u001b[32m${clean}\u001b[0m\r\n`;
      if (maskedInPieces(text) !== latin1(text)) touched++;
    }
    assert.ok(touched <= 3, `${touched} of 3000`);
  });

  it('and so are bytes that are no text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.nat(), { maxLength: 9 }), (bytes, cuts) => {
        const mask = newStreamMask();
        mask.push(bytes, 0);
        mask.end();
        if (Object.keys(mask.counts()).length === 0) assert.equal(maskedInPieces(bytes, cuts), latin1(bytes));
      }),
    );
  });
});

const INSERTED = [
  '\u001b[31m',
  '\u001b[0m',
  '\r',
  '\u001b[K',
  '\u001b]0;title\u0007',
  '\u001b(B',
  '\0',
  '\u0007',
  '\u001b[?25l',
  '\u001b[1;38;5;42m',
  '\b',
  '\u001b[1C',
];

describe('a credential is masked whatever a terminal is told between its bytes', () => {
  const leaks = (out: string, value: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a reader without a terminal would leave out
    const bare = out.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\u001b\(B|[\0-\u001f]/g, '');
    for (let at = 0; at + 8 <= value.length; at++)
      if (bare.includes(value.slice(at, at + 8))) return value.slice(at, at + 8);
    return undefined;
  };

  for (const [what, before, value] of [
    ['a token', 'x ', GITHUB],
    ['a JSON Web Token', 'x ', JWT],
    ['a named value', 'password=', 'hunter2hunter2'],
    ['a password of a URL', 'postgres://app:', 'hunter2hunter2@'],
  ] as const) {
    it(`${what}, one thing between each two or many at one place`, () => {
      for (const inserted of INSERTED) {
        const spread = `${before}${[...value].join(inserted)} end\n`;
        assert.equal(leaks(maskedInPieces(spread), value), undefined, JSON.stringify(spread));
      }
      const between = fc.array(fc.tuple(fc.nat(value.length), fc.constantFrom(...INSERTED)), { maxLength: 6 });
      fc.assert(
        fc.property(between, fc.array(fc.nat(), { maxLength: 6 }), (inserts, cuts) => {
          let spread: string = value;
          for (const [at, inserted] of [...inserts].sort(([a], [b]) => b - a))
            spread = spread.slice(0, at) + inserted + spread.slice(at);
          const out = maskedInPieces(`${before}${spread} end\n`, cuts);
          assert.equal(leaks(out, value), undefined, JSON.stringify(spread));
        }),
        { numRuns: 400 },
      );
    });
  }

  it('typed over, erased and written in another order', () => {
    for (const text of [
      'please wait\rghp_0123456789abcdefghijABCDEFGHIJ012345\r\n',
      'ghX\bp_0123456789abcdefghijABCDEFGHIJ012345 \n',
      'user\rsk-0123456789abcdefghijABCDEFGHIJ\u001b[K\n',
      '    0123456789abcdefghijABCDEFGHIJ012345\rghp_\n',
      'gh\u001b[4G_0123456789abcdefghijABCDEFGHIJ012345\u001b[3Gp\r\n',
    ]) {
      assert.ok(!maskedInPieces(text).includes('56789abcdefghij'), JSON.stringify(maskedInPieces(text)));
    }
  });
});
