// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AnchorCursor } from './anchor-cursor.ts';
import { anchors } from './anchors.ts';
import { LineScanner } from './line-scanner.ts';
import { TextScanner } from './text-scanner.ts';

const TEXT_BYTES = 4096;
/** However a text is made up, so many times is each of its bytes looked at, at most, on average. */
const MAX_READS = 120;
/** A text four times as long costs so many times as much a byte, at most; where it costs so little, it doesn't matter. */
const MAX_GROWTH = 1.6;
const FEW_READS = 20;

/** What may follow an anchor, again and again. */
const FILLERS = ['', 'A1', '=', ': ', '\\"', '/', '@', ' ', 'eyJ.'];

/** Bytes that count how often they are read. */
class CountedBytes {
  reads = 0;
  readonly bytes: Uint8Array;

  constructor(source: Uint8Array) {
    this.bytes = this.#counted(source);
  }

  #counted(source: Uint8Array): Uint8Array {
    return new Proxy(source, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d/.test(key)) {
          this.reads++;
          return target[Number(key)];
        }
        if (key === 'subarray') return (from?: number, to?: number) => this.#counted(target.subarray(from, to));
        const member = Reflect.get(target, key, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }
}

function readsOf(text: string, scan: (bytes: Uint8Array) => unknown): number {
  const counted = new CountedBytes(Buffer.from(text));
  scan(counted.bytes);
  return counted.reads / text.length;
}

/** The most that is read of a text; all that grows with its length is told. */
function worst(texts: Iterable<string>, scan: (bytes: Uint8Array) => unknown): number {
  let most = 0;
  for (const text of texts) {
    const reads = readsOf(text, scan);
    most = Math.max(most, reads);
    const name = JSON.stringify(text.slice(0, 60));
    assert.ok(reads < MAX_READS, `${reads} reads a byte for ${name}`);
    if (reads < FEW_READS) continue;
    const growth = reads / readsOf(text.slice(0, TEXT_BYTES / 4), scan);
    assert.ok(growth < MAX_GROWTH, `${growth} times as many reads for four times ${name}`);
  }
  return most;
}

const fill = (unit: string) => unit.repeat(Math.ceil(TEXT_BYTES / unit.length)).slice(0, TEXT_BYTES);

/** Anchors alone and with fillers, repeated; and one anchor before nothing but a filler. */
function* adversarial(words: readonly string[]): Generator<string> {
  for (const word of words) {
    for (const filler of FILLERS) {
      yield fill(word + filler);
      if (filler !== '') yield word + fill(filler);
    }
  }
}

/** One anchor of each kind that has a verifier of its own. */
const KINDS = [
  ...[
    '-----BEGIN PRIVATE KEY',
    '-----END PRIVATE KEY',
    'PuTTY-User-Key-File-',
    'MHcCAQEEI',
    'eyJ',
    'ghp_',
    'sk-',
    'AKIA',
  ],
  ...['.atlasv1.', 'Q~', ':AA', '::server:', '$2a$', '://', '@tcp(', 'authorization', 'Cookie', 'bearer ', 'basic '],
  ...['password', 'api_key', 'auth', '?sig=', '\u001b', '\\u00', '%41', '\b', 'A'.repeat(20), 'ZXlK'.repeat(8)],
  ...['authorization: ', 'authorization: a ', 'cookie=', 'password: a ', '"password":"', "'password'='", '<password>'],
  ...[
    '"data":{"a":"',
    'data: {a: ',
    'data:\n a: ',
    'data:\\n a: ',
    'stringData: {',
    '\\"data\\":{\\"a\\":',
    'kind: Secret\n',
    '"data":&',
    'kind:"Secret"data:',
    'data:x,',
  ],
  ...[
    '--token ',
    'name: token\n',
    '"name":"token","',
    'http://a:b',
    '{"value":"a","name":"token",',
    '"name":"token","a":1,',
    'password[',
    '\u001b[',
    '\u001b]',
  ],
];

it('reads each byte a bounded number of times, whatever the text', (context) => {
  const scanner = new TextScanner();
  const reads = worst(adversarial(KINDS), (bytes) => scanner.scanText(bytes, 0, bytes.length));
  context.diagnostic(`at most ${reads.toFixed(1)} reads a byte`);
});

it('so does each anchor alone', (context) => {
  const scanner = new TextScanner();
  const texts = anchors.flatMap(({ word }) => [fill(word), fill(word.toUpperCase())]);
  const reads = worst(texts, (bytes) => scanner.scanText(bytes, 0, bytes.length));
  context.diagnostic(`at most ${reads.toFixed(1)} reads a byte`);
});

it('so do lines, and cursors', () => {
  const texts = KINDS.flatMap((kind) => [fill(kind), fill(`${kind} `), `${kind}${fill(' ')}`, `${kind}${fill('Aa1')}`]);
  const scanner = new TextScanner();
  worst(texts, (bytes) => {
    const lines = new LineScanner(scanner, { isConfig: true, mayBeginInside: true });
    lines.scanLine(bytes, 0, bytes.length, true);
  });
  worst(texts, (bytes) => {
    const cursor = new AnchorCursor(bytes, 0, bytes.length);
    for (let at = 0; at < bytes.length; at = cursor.next(at) + 1);
  });
});

it('a reader that begins anew at each anchor is told', () => {
  const text = fill('word ');
  const readOn = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0x20) for (let i = at; i < bytes.length; i++) bytes[i];
  };
  assert.throws(() => worst([text], readOn), /reads a byte/);
});
