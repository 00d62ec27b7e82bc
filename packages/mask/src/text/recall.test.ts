// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { BARE_FORMS, CLEAN, Dice, NAMED_FORMS, OPAQUE, TOKENS } from '../fixtures/text-corpus.ts';
import { createTextMasker } from './text-masker.ts';
import { TextScanner } from './text-scanner.ts';

const SEED = 20_261_129;
const SAMPLES = 60;
const CLEAN_TEXTS = 6000;

const hmac = (message: Uint8Array) => createHmac('sha256', 'k').update(message).digest();

function masked(line: string): string {
  const source = { cluster: '', resource: '', namespace: '', name: '', part: '' };
  const masker = createTextMasker({ hmac, inflate: () => undefined, source, cutNonce: new Uint8Array(16) });
  const out = Buffer.from(masker.write(Buffer.from(`first\n${line}\n`)));
  return Buffer.concat([out, masker.end()]).toString();
}

/** Every eight bytes of a value, plain, percent-encoded and in base64 at each shift. */
function pieces(value: string): string[] {
  const spellings = [value, encodeURIComponent(value)];
  const plain = spellings.flatMap((text) => Array.from({ length: text.length - 7 }, (_, i) => text.slice(i, i + 8)));
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + value)
      .toString('base64')
      .slice(4, -4),
  );
  return [...plain, ...encoded.flatMap((text) => (text.length < 12 ? [] : [text.slice(0, 12)]))];
}

function share(context: TestContext, values: typeof OPAQUE, forms: typeof NAMED_FORMS): number {
  const dice = new Dice(SEED);
  let kept = 0;
  let all = 0;
  for (const [form, write] of Object.entries(forms)) {
    for (const [kind, make] of Object.entries(values)) {
      let leaked = 0;
      let example = '';
      for (let sample = 0; sample < SAMPLES; sample++) {
        const value = make(dice);
        const line = write(value, dice);
        const out = masked(line);
        if (!pieces(value).some((piece) => out.includes(piece))) continue;
        leaked++;
        example = line;
      }
      all += SAMPLES;
      kept += SAMPLES - leaked;
      if (leaked > 0) context.diagnostic(`${form}, ${kind}: ${leaked} of ${SAMPLES} come through: ${example}`);
    }
  }
  context.diagnostic(`${((100 * kept) / all).toFixed(2)} % of ${all}`);
  return kept / all;
}

it('masks tokens with a form of their own, wherever they stand', (context) => {
  assert.ok(share(context, TOKENS, BARE_FORMS) >= 0.99);
});

it('masks opaque values under secret names', (context) => {
  assert.ok(share(context, OPAQUE, NAMED_FORMS) >= 0.98);
});

it('masks tokens under secret names', (context) => {
  assert.ok(share(context, TOKENS, NAMED_FORMS) >= 0.99);
});

it('leaves what is no secret alone', (context) => {
  const dice = new Dice(SEED);
  const scanner = new TextScanner();
  const masks = new Map<string, number>();
  let count = 0;
  for (let i = 0; i < CLEAN_TEXTS; i++) {
    const text = (CLEAN[i % CLEAN.length] as (typeof CLEAN)[number])(dice);
    if (scanner.scanText(Buffer.from(text)).length === 0) continue;
    count++;
    masks.set(text.slice(0, 100), (masks.get(text) ?? 0) + 1);
  }
  for (const text of [...masks.keys()].slice(0, 10)) context.diagnostic(`masked: ${text}`);
  context.diagnostic(`${count} of ${CLEAN_TEXTS} harmless texts are touched`);
  assert.ok(count * 1000 <= CLEAN_TEXTS);
});
