// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const files = globSync('style/*.css', { cwd: import.meta.dirname });
const css = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n');

/** Text by what it stands on, WCAG 1.4.3; the edges of controls and the focus by what is around them, 1.4.11. */
const TEXT: readonly [string, string][] = [
  ['text', 'ground surface raised info-ground warn-ground bad-ground'],
  ['muted', 'ground surface raised info-ground warn-ground bad-ground'],
  ['accent', 'ground surface warn-ground info-ground'],
  ['on-accent', 'accent'],
  ['danger', 'ground surface info-ground bad-ground raised'],
  ['warn', 'surface ground warn-ground'],
  ['good', 'good-ground'],
  ['goes', 'goes-ground goes-mark'],
  ['comes', 'comes-ground comes-mark'],
].map(([on = '', grounds = '']) => [on, grounds]);
const EDGES: readonly [string, string][] = [
  ['edge', 'surface ground'],
  ['focus', 'surface ground'],
  ['accent', 'surface ground'],
];

type Colours = ReadonlyMap<string, string>;

function coloursIn(block: string): Colours {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function tooFaint(colours: Colours, pairs: readonly [string, string][], least: number): readonly string[] {
  return pairs.flatMap(([on, grounds]) =>
    grounds.split(' ').flatMap((ground) => {
      const ratio = contrast(colours.get(on) ?? '#000000', colours.get(ground) ?? '#000000');
      return ratio >= least ? [] : [`${on} on ${ground}: ${ratio.toFixed(2)}`];
    }),
  );
}

const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);

for (const [scheme, block] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`what is written can be read, and what is to be used can be seen: ${scheme}`, () => {
    assert.deepEqual(tooFaint(coloursIn(block), TEXT, 4.5), []);
    assert.deepEqual(tooFaint(coloursIn(block), EDGES, 3), []);
  });
}

test('a faint colour is told', () => {
  assert.equal(contrast('#ffffff', '#000000').toFixed(1), '21.0');
  const faint = new Map([...coloursIn(light), ['muted', '#999999']]);
  assert.match(tooFaint(faint, TEXT, 4.5).join(), /muted on surface: 2\.8/);
});

test('both schemes name the same colours, and no rule has one of its own', () => {
  assert.deepEqual([...coloursIn(dark).keys()], [...coloursIn(light).keys()]);
  const rules = css.replaceAll(/:root \{[^}]*\}/g, '');
  assert.doesNotMatch(rules, /#[0-9a-f]{3,8}\b/i);
});
