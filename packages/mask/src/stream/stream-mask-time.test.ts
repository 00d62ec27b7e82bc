// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { latin1, newStreamMask, outline } from '../fixtures/run-stream-mask.ts';
import { BARE_FORMS, CLEAN, Dice, NAMED_FORMS, OPAQUE, TOKENS } from '../fixtures/text-corpus.ts';
import { vendorPrefixes } from '../text/vendor-tokens.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Timing {
  /** After how many bytes the text is cut, and how long it then pauses. */
  readonly pauses: readonly (readonly [at: number, ms: number])[];
  readonly isTyped?: boolean;
}

/** What comes of a text that pauses, on a clock that stands still but for the pauses. */
function maskedInTime(text: string, { pauses, isTyped = false }: Timing): string {
  const bytes = Buffer.from(text);
  const mask = newStreamMask();
  let now = 0;
  let out = '';
  const tickUntil = (until: number) => {
    for (let due = mask.due(); due !== undefined && due <= until; due = mask.due()) {
      now = due;
      out += latin1(mask.tick(now));
    }
    now = until;
  };
  let from = 0;
  for (const [at, ms] of pauses.map(([cut, ms]) => [cut % (bytes.length + 1), ms] as const).sort(([a], [b]) => a - b)) {
    if (isTyped) mask.typed(now);
    out += latin1(mask.push(bytes.subarray(from, at), now));
    tickUntil(now + ms);
    from = at;
  }
  out += latin1(mask.push(bytes.subarray(from), now));
  return outline(out + latin1(mask.end()));
}

const afterEach = (text: string, ms: number): Timing => ({
  pauses: Array.from(text, (_, at) => [at + 1, ms] as const),
});
const cutAt = (at: number, ms: number): Timing => ({ pauses: [[at, ms]] });

/** What of a token is not the same in all tokens of its issuer. */
function secretOf(token: string): string {
  const prefixes = [...vendorPrefixes.keys(), 'AKIA', 'eyJ'].filter((prefix) => token.startsWith(prefix));
  return token.slice(Math.max(0, ...prefixes.map(({ length }) => length)));
}

/** A piece of a secret that can be read; whoever reads leaves out colours. */
function shownOf(secret: string, out: string, length: number): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a reader leaves out
  const bare = out.replace(/\u001b\[[0-9;]*m/g, '');
  const pieces = Array.from({ length: Math.max(1, secret.length - length + 1) }, (_, at) =>
    secret.slice(at, at + length),
  );
  return pieces.find((piece) => bare.includes(piece));
}

const PAUSES = fc.constantFrom(0, 5, 19, 20, 25, 100, 499, 500, 700, 3_000);
const TIMINGS: fc.Arbitrary<Timing> = fc.record({
  pauses: fc.array(fc.tuple(fc.nat(), PAUSES), { minLength: 1, maxLength: 6 }),
  isTyped: fc.boolean(),
});
const named = <T>(table: Readonly<Record<string, T>>, without: readonly string[] = []) =>
  fc.constantFrom(...Object.entries(table).filter(([name]) => !without.includes(name)));
/** Nothing tells one before the digit that its second half has. */
const { 'bootstrap token': _, ...PREFIXED } = TOKENS;

describe('of a credential that comes with pauses nothing is shown', () => {
  it('wherever they are and however long, of tokens: not even five bytes after the beginning that all have', () => {
    const forms = named(BARE_FORMS, ['base64']);
    fc.assert(
      fc.property(
        named(PREFIXED),
        forms,
        fc.integer({ min: 1, max: 2 ** 30 }),
        TIMINGS,
        ([, make], [, form], seed, timing) => {
          const dice = new Dice(seed);
          const token = make(dice);
          const out = maskedInTime(form(token, dice), timing);
          assert.equal(shownOf(secretOf(token), out, 5), undefined, `${token}: ${out}`);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('of what stands under a secret name', () => {
    fc.assert(
      fc.property(
        named(OPAQUE),
        named(NAMED_FORMS, ['base64 of a file', 'basic auth', 'JSON in a string', 'query']),
        fc.integer({ min: 1, max: 2 ** 30 }),
        TIMINGS,
        ([, make], [, form], seed, timing) => {
          const dice = new Dice(seed);
          const value = make(dice);
          const out = maskedInTime(form(value, dice), timing);
          assert.equal(shownOf(value, out, 6), undefined, `${value}: ${out}`);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('in base64: what is shown holds nothing of it', () => {
    const secret = 'Tr0ub4dor-Zq7xK2vR9w';
    for (const text of [`value ghp_${secret.replaceAll('-', '')}0000`, `user: app\npassword: ${secret}\n`]) {
      const encoded = base64(text);
      for (const ms of [25, 100, 700]) {
        for (let at = 1; at < encoded.length; at++) {
          const out = maskedInTime(`x ${encoded} y`, cutAt(at + 2, ms));
          const shown = Array.from(encoded, (_, i) => encoded.slice(0, encoded.length - i)).find((p) =>
            out.includes(p),
          );
          const decoded = Buffer.from(shown ?? '', 'base64').toString('latin1');
          assert.equal(shownOf(secret, decoded, 3), undefined, `${at} ${ms}: ${out}`);
        }
      }
    }
  });

  for (const [what, text, secret] of [
    ['a bootstrap token', 'join with abcdef.0a23456789ghijkl now', '0a23456789ghijkl'],
    ['a bootstrap token without letters first', 'join with 012345.a6bcdefghijklmno now', 'a6bcdefghijklmno'],
    ['a JSON Web Token', 'use eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhcHAifQ.c2ln now', '0eXAiOiJKV1QifQ'],
    ['a password that may be a port at first', 'postgres://app:8675309-xyzzy@db/x ', '5309-xyzzy'],
    [
      'a secret key behind its id',
      'AKIAIOSFODNN7EXAMPLE wJ4lrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00 ',
      'lrXUtnFEMIK7MDENG',
    ],
  ] as const) {
    it(`${what}, cut anywhere`, () => {
      for (const ms of [25, 100, 700]) {
        for (let at = 1; at < text.length; at++) {
          const out = maskedInTime(text, cutAt(at, ms));
          assert.equal(shownOf(secret, out, 4), undefined, `${at} ${ms}: ${out}`);
        }
      }
    });
  }

  it('a token that is the user of a URL, once it is as long as no host is', () => {
    const text = 'clone https://0a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f@git.shop/x ';
    for (let at = 'clone https://'.length + 20; at < text.length; at++) {
      assert.equal(maskedInTime(text, cutAt(at, 700)), 'clone https://<url>@git.shop/x ');
    }
  });
});

describe('what may be a credential, and is not decided after 500 ms', () => {
  const shownBefore = (text: string, ms: number, isTyped = false) => {
    const mask = newStreamMask();
    if (isTyped) mask.typed(0);
    let out = latin1(mask.push(Buffer.from(text), 0));
    for (let due = mask.due(); due !== undefined && due <= ms; due = mask.due()) out += latin1(mask.tick(due));
    return outline(out);
  };

  for (const [what, text, shown] of [
    ['the password of a database address, once its @ is there', 'root:Tr0ub4dor@', 'root:<url>@'],
    ['the same in part of its mark', 'dsn=root:Tr0ub4dor@tc', 'dsn=root:<url>@tc'],
    ['the same behind a scheme', 'mysql: root:p@ss@uni', 'mysql: root:<url>@uni'],
    ['a bootstrap token before its first digit', 'join abcdef.ghijklm', 'join <key>'],
    ['the user of a URL that mixes letters and digits', 'https://0a1b2c3d4e', 'https://<url>'],
    ['a token that is the user of a URL, and a colon', 'https://0a1b2c3d4e5f6a7b8c9d:', 'https://<url>:'],
  ] as const) {
    it(`is masked: ${what}`, () => {
      assert.equal(shownBefore(text, 499).includes('<'), false);
      assert.equal(shownBefore(text, 500), shown);
    });
  }

  it('is the password of a database address in what seems an echo too, and before what follows of it', () => {
    assert.equal(shownBefore('root:Tr0ub4dor@', 499, true), 'root:');
    assert.equal(maskedInTime('root:Tr0ub4dor@tcp(db:3306)/x ', cutAt(15, 700)), 'root:<url>@tcp(db:3306)/x ');
    assert.equal(maskedInTime('join abcdef.ghijklmnopqrst7v now', cutAt(18, 700)), 'join <key> now');
    assert.equal(
      maskedInTime('join abcdef.ghijklmnopqrst7v now', {
        pauses: [
          [16, 700],
          [22, 700],
          [24, 700],
        ],
      }),
      'join abcdef.ghij<key> now',
    );
  });

  it('shows no four bytes of a password of a database address, wherever the pauses are behind its @', () => {
    const text = fc.tuple(
      fc.constantFrom('', 'dsn=', 'open "'),
      named(OPAQUE),
      fc.constantFrom('tcp(db:3306)/x ', 'unix(/run/x)/y '),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 2 ** 30 }), TIMINGS, ([before, [, make], after], seed, timing) => {
        const password = make(new Dice(seed));
        const [head, tail] = [`${before}root:${password}@`, after];
        const pauses = [
          [head.length, 0],
          ...timing.pauses.map(([at, ms]) => [head.length + (at % tail.length), ms] as const),
        ] as const;
        const out = maskedInTime(head + tail, { ...timing, pauses });
        assert.equal(shownOf(password, out, 4), undefined, out);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is nothing of what ordinary prompts, names and addresses end with', () => {
    for (const text of [
      'user@host:~$ ',
      'user@host:~$',
      'bob:x@web-7:/srv#',
      '12:30:05:root@web',
      'Password: ',
      'Password:',
      'git@github.com:',
      "git@github.com's password:",
      'Resolving github.com',
      'Overwrite values.yaml',
      'reading server.key',
      'pull nginx:1.27@sha256:0a1b2c',
      'a:b',
      'http://localhost',
      'http://localhost:8080',
      'Connecting to http://node-7:80',
      'https://10.96.0.1:443',
      'redis://cache:6379',
      'npm',
      'github_',
      '{"user":"bob@',
      'ssh://git@',
      'https://pass-queue.web.svc:8443/orders/',
    ])
      assert.equal(shownBefore(text, 3_000), text);
  });

  it('is nothing of what is typed slowly', () => {
    for (const text of [
      'cat config.production',
      'mysql -h db root:hunter2@tcp(db)/x',
      'docker pull nginx:1.27@sha256:0a1b',
      'curl http://k8s-master-1:8080/x',
      'git clone git@github.com:shop/web.git',
    ])
      for (const ms of [200, 300, 600]) {
        const timing = afterEach(text, ms);
        const out = maskedInTime(text, { ...timing, isTyped: true });
        assert.equal(out.startsWith(text.slice(0, 18)), true, out);
        if (!text.startsWith('mysql')) assert.equal(out, text, `${ms}`);
        // Far away an echo comes so late that it seems none.
        if (ms > 250 && !text.startsWith('mysql')) assert.equal(maskedInTime(text, timing), text, `${ms}`);
      }
  });

  it('is not what comes behind the end of a line, however soon after a key: that is no echo', () => {
    const mask = newStreamMask();
    mask.typed(0);
    assert.equal(outline(latin1(mask.push(Buffer.from('\r\nabcdef.ghijklm'), 1))), '\r\n');
    assert.equal(outline(latin1(mask.tick(501))), '<key>');
    mask.typed(600);
    assert.equal(outline(latin1(mask.push(Buffer.from('\r\n'), 601))), '\r\n');
    assert.equal(outline(latin1(mask.push(Buffer.from('abcdef.ghijklm'), 602))), '');
  });
});

describe('the time that a word is held', () => {
  it('is 20 ms for under three bytes of what tokens begin with, and the state is kept', () => {
    assert.equal(maskedInTime('use ghp_0123456789abcdefghijABCD now', cutAt(6, 20)), 'use gh<key> now');
    assert.equal(maskedInTime('use ghp_0123456789abcdefghijABCD now', cutAt(6, 19)), 'use <key> now');
  });

  it('is 500 ms for more, after which what all tokens begin with goes on', () => {
    assert.equal(maskedInTime('use github_pat_0123456789abcdefghijABCD now', cutAt(11, 499)), 'use <key> now');
    assert.equal(maskedInTime('use github_pat_0123456789abcdefghijABCD now', cutAt(11, 500)), 'use github_<key> now');
    assert.equal(maskedInTime('see github now', cutAt(10, 500)), 'see github now');
  });

  const shownAfter = (text: string, ms: number, isTyped = false) => {
    const mask = newStreamMask();
    if (isTyped) mask.typed(0);
    const first = latin1(mask.push(Buffer.from(text), 0));
    return outline(first + (ms > 0 ? latin1(mask.tick(ms)) : ''));
  };

  it('is none for prompts that end in a blank, 20 ms for others', () => {
    for (const prompt of [
      'Password: ',
      'Enter API key: ',
      'token? ',
      "Password for 'https://fixer@git.shop': ",
      '/ # ',
    ])
      assert.equal(shownAfter(prompt, 0), prompt);
    for (const prompt of ['Password:', '/app$', 'user@web:/srv#', 'Continue? [y/N]', 'secret>'])
      assert.equal(shownAfter(prompt, 20), prompt);
  });

  it('is none for the echo of what is typed, unless a credential has begun', () => {
    for (const text of [
      'to',
      'git',
      'npm',
      'github',
      'cat config.yaml',
      'ssh key',
      'curl http://localhost:80',
      'nginx:1.27',
    ])
      assert.equal(maskedInTime(text, { ...afterEach(text, 700), isTyped: true }), text);
    for (const text of ['git', 'npm', 'cat config.yam', 'curl http://localhost:80'])
      assert.equal(shownAfter(text, 0, true), text);
    assert.equal(shownAfter('ghp_0', 0, true), '');
  });

  it('changes nothing of what is harmless, byte after byte', () => {
    const dice = new Dice(23);
    for (let i = 0; i < 300; i++) {
      const text = `${(CLEAN[i % CLEAN.length] as (typeof CLEAN)[number])(dice)}
`;
      assert.equal(maskedInTime(text, afterEach(text, 25)), text);
    }
  });
});
