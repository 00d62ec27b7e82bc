// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** Where values stand that nobody but their owner may see. */
export const PLACES = ['Secret', 'env', 'argument', 'ConfigMap', 'annotation', 'custom resource', 'log'] as const;
export type Place = (typeof PLACES)[number];

/** How they are spelled there. */
export const SPELLINGS = ['plain', 'base64', 'URL', 'JSON', 'gzip'] as const;
export type Spelling = (typeof SPELLINGS)[number];

/** One value, in every run another. */
export interface Canary {
  readonly place: Place;
  readonly spelling: Spelling;
  /** Two words of its own, by either of which it is known, and between them what URLs, JSON and XML escape. */
  readonly words: readonly [string, string];
  readonly value: string;
}

/** What every word begins with, in every run another: a text without it holds no canary. */
export const MARK: string = randomBytes(6).toString('hex');

const word = () => MARK + randomBytes(4).toString('hex');

function canary(place: Place, spelling: Spelling): Canary {
  const words = [word(), word()] as const;
  return { place, spelling, words, value: words.join('/+&') };
}

export const CANARIES: readonly Canary[] = PLACES.flatMap((place) =>
  SPELLINGS.map((spelling) => canary(place, spelling)),
);

const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');

type Spelled = Readonly<Record<Spelling, string>>;

/** Twice base64, as helm packs its releases. */
const packed = (content: object) => base64(base64(gzipSync(JSON.stringify(content))));

function planted(place: Place, spelling: Spelling): string {
  const found = CANARIES.find((one) => one.place === place && one.spelling === spelling);
  if (found === undefined) throw new TypeError(`no canary ${place}, ${spelling}`);
  return found.value;
}

/** The canaries of a place in their spellings, in texts that say nothing of what they are. */
export function bare(place: Place): Spelled {
  const of = (spelling: Spelling) => planted(place, spelling);
  return {
    plain: of('plain'),
    base64: base64(of('base64')),
    URL: encodeURIComponent(of('URL')),
    JSON: JSON.stringify({ it: of('JSON') }),
    gzip: packed({ it: of('gzip') }),
  };
}

/** The same in texts that show by themselves what they hold. */
export function evident(place: Place): Spelled {
  const of = (spelling: Spelling) => planted(place, spelling);
  return {
    plain: `password=${of('plain')}`,
    base64: base64(`password: ${of('base64')}\nuser: shop\n`),
    URL: `postgres://shop:${encodeURIComponent(of('URL'))}@db.demo:5432/shop`,
    JSON: JSON.stringify({ user: 'shop', password: of('JSON') }),
    gzip: packed({ user: 'shop', password: of('gzip') }),
  };
}

/** What a chart of helm is given to keep for a place: in its release, and nowhere else. */
export function releaseValue(place: 'Secret' | 'ConfigMap'): string {
  return planted(place, 'gzip');
}
