// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** Where values stand that nobody but their owner may see. */
export const PLACES = ['Secret', 'env', 'argument', 'ConfigMap', 'annotation', 'custom resource', 'log'] as const;
export type Place = (typeof PLACES)[number];

/** How they are spelled there. */
export const SPELLINGS = ['plain', 'base64', 'URL', 'JSON', 'gzip'] as const;
export type Spelling = (typeof SPELLINGS)[number];

/**
 * Where in a place: in texts that show by themselves what they hold, and, of what only a name tells, under that name, in the
 * first and in further ones, in what helm keeps, and in the manifest of a Secret, whose names say nothing.
 */
type Form = 'evident' | 'bare' | 'named' | 'env file' | 'YAML file' | 'release' | 'manifest' | 'pair';

/** What stands in places beside what is evident. Each has a value of its own: one that is found makes no other one known. */
const FURTHER: Readonly<Record<Place, readonly (readonly [Form, readonly Spelling[]])[]>> = {
  Secret: [
    ['bare', SPELLINGS],
    ['release', ['gzip']],
  ],
  env: [['bare', SPELLINGS]],
  argument: [['bare', ['plain', 'base64']]],
  ConfigMap: [
    ['bare', ['plain', 'base64']],
    ['env file', ['plain']],
    ['YAML file', ['plain']],
    ['manifest', ['plain', 'base64']],
    ['release', ['gzip']],
  ],
  annotation: [
    ['bare', ['plain']],
    ['manifest', ['plain', 'base64']],
  ],
  'custom resource': [
    ['bare', SPELLINGS],
    ['named', ['plain']],
    ['pair', ['plain']],
    ['manifest', ['plain', 'base64']],
  ],
  log: [
    ['bare', ['plain']],
    ['manifest', ['plain', 'base64']],
  ],
};

/** One value, in every run another. */
export interface Canary {
  readonly place: Place;
  readonly spelling: Spelling;
  readonly form: Form;
  /** Two words of its own, by either of which it is known, and between them what URLs, JSON and XML escape. */
  readonly words: readonly [string, string];
  readonly value: string;
}

/** What every word begins with, in every run another: a text without it holds no canary. */
export const MARK: string = randomBytes(6).toString('hex');

const word = () => MARK + randomBytes(4).toString('hex');

function canary(place: Place, spelling: Spelling, form: Form): Canary {
  const words = [word(), word()] as const;
  return { place, spelling, form, words, value: words.join('/+&') };
}

export const CANARIES: readonly Canary[] = PLACES.flatMap((place) =>
  [['evident', SPELLINGS] as const, ...FURTHER[place]].flatMap(([form, spellings]) =>
    spellings.map((spelling) => canary(place, spelling, form)),
  ),
);

const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');

type Spelled = Readonly<Record<Spelling, string>>;

/** Twice base64, as helm packs its releases. */
const packed = (content: object) => base64(base64(gzipSync(JSON.stringify(content))));

/** The value of a canary, as it is. */
export function planted(place: Place, spelling: Spelling, form: Form = 'bare'): string {
  const found = CANARIES.find((one) => one.place === place && one.spelling === spelling && one.form === form);
  if (found === undefined) throw new TypeError(`no canary ${place}, ${spelling}, ${form}`);
  return found.value;
}

/** The canaries of a place in their spellings, in texts that say nothing of what they are. */
export function bare(place: 'Secret' | 'env' | 'custom resource'): Spelled {
  const of = (spelling: Spelling) => planted(place, spelling);
  return {
    plain: of('plain'),
    base64: base64(of('base64')),
    URL: encodeURIComponent(of('URL')),
    JSON: JSON.stringify({ it: of('JSON') }),
    gzip: packed({ it: of('gzip') }),
  };
}

/** Others in texts that show by themselves what they hold. */
export function evident(place: Place): Spelled {
  const of = (spelling: Spelling) => planted(place, spelling, 'evident');
  return {
    plain: `password=${of('plain')}`,
    base64: base64(`password: ${of('base64')}\nuser: shop\n`),
    URL: `postgres://shop:${encodeURIComponent(of('URL'))}@db.demo:5432/shop`,
    JSON: JSON.stringify({ user: 'shop', password: of('JSON') }),
    gzip: packed({ user: 'shop', password: of('gzip') }),
  };
}

/** The manifest of a Secret, in the order in which kubectl prints it, under names that say nothing. */
export function manifest(place: 'ConfigMap' | 'annotation' | 'custom resource' | 'log') {
  return {
    apiVersion: 'v1',
    data: { color: base64(planted(place, 'base64', 'manifest')) },
    kind: 'Secret',
    metadata: { name: 'inner' },
    stringData: { shade: planted(place, 'plain', 'manifest') },
  };
}

/** The same as YAML. */
export function yamlManifest(place: 'ConfigMap' | 'log'): string {
  const { data, stringData } = manifest(place);
  return `apiVersion: v1\ndata:\n  color: ${data.color}\nkind: Secret\nstringData:\n  shade: "${stringData.shade}"\n`;
}

/** What a chart of helm is given to keep for a place: in its release, and nowhere else. */
export function releaseValue(place: 'Secret' | 'ConfigMap'): string {
  return planted(place, 'gzip', 'release');
}
