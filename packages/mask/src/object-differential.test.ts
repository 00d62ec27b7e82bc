// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { referenceToken } from './fixtures/reference-token.ts';
import { maskPieces, planFor } from './fixtures/run-masker.ts';
import type { MaskerOptions } from './masker.ts';
import { configFormatOf } from './text/config-format.ts';
import { isDistinctive } from './text/distinctive.ts';
import { isCount, isHarmlessValue, looksLikeObjectName } from './text/harmless-value.ts';
import { scanConfig } from './text/scan-config.ts';
import { isPasswordName, isSecretName } from './text/secret-name.ts';
import { TextScanner } from './text/text-scanner.ts';
import { atOnce } from './turns.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly as: string;
  readonly base64?: boolean;
}

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

const RESOURCE = 'example.org/widgets';
const bytes = (text: string) => Buffer.from(text);
const isSecret = (name: string) => isSecretName(bytes(name));
const isHarmless = (text: string) => isHarmlessValue(bytes(text), 0, text.length);
const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Under whose name a value stands. */
type Below = 'one' | 'several' | undefined;

/** The rules for custom resources as a walk over what JSON.parse gives. Texts are ASCII. */
class Reference {
  readonly #scanner = new TextScanner();
  readonly #values: string[] = [];
  readonly #metadata: { [name: string]: Json };

  constructor(metadata: { [name: string]: Json }) {
    this.#metadata = metadata;
  }

  /** Walks twice: what is masked whole is known before texts are searched for it. */
  of(spec: Json): Json {
    this.#tree(spec);
    return this.#tree(spec);
  }

  #tree(value: Json, below?: Below): Json {
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((element) => this.#tree(element, below));
    if (!isObject(value)) return value;
    const members = Object.entries(value);
    return Object.fromEntries(members.map(([name, member]) => [name, this.#member(value, name, member, below)]));
  }

  #member(object: { [name: string]: Json }, name: string, member: Json, below: Below): Json {
    if (name === 'args' || name === 'command') {
      return Array.isArray(member) ? this.#commandLine(member) : this.#tree(member);
    }
    if (name === 'value') return this.#pair(object, member, below);
    if (name === 'name' || name === 'key') return this.#tree(member);
    if (below !== undefined && ['secretName', 'size'].includes(name)) return this.#tree(member);
    if (name === 'tokens') return this.#several(member);
    if (name === 'credentials') return this.#named(name, member, 'several');
    if (isSecret(name)) return this.#named(name, member, 'one');
    return this.#below(name, member, below);
  }

  /** What stands below the name of a secret, or of several. */
  #below(name: string, value: Json, below: Below): Json {
    if (below === undefined) return this.#tree(value);
    return below === 'one' ? this.#named(name, value, below) : this.#several(value);
  }

  /** Of what stands under a plural, all that is more than a word and no object's name. */
  #several(value: Json): Json {
    if (Array.isArray(value)) return value.map((element) => this.#several(element));
    if (typeof value !== 'string') return this.#tree(value, 'several');
    const isName = looksLikeObjectName(bytes(value), 0, value.length);
    return isDistinctive(bytes(value)) && !isName ? this.#whole(value) : this.#text(value);
  }

  #pair(object: { [name: string]: Json }, value: Json, below: Below): Json {
    const names = [object.name, object.key].filter((one) => typeof one === 'string');
    const isNamed = names.some((one) => isSecret(one) || /^(proxy-)?authorization$|^(set-)?cookie$/i.test(one));
    if (!isNamed) return this.#below('value', value, below);
    return Array.isArray(value) ? value.map((element) => this.#element(element, below)) : this.#element(value, below);
  }

  /** The value of a pair, or one of several. */
  #element(value: Json, below: Below): Json {
    if (typeof value === 'string') return this.#whole(value);
    if (typeof value === 'number') return this.#token('password', String(value));
    return Array.isArray(value) ? this.#below('value', value, below) : this.#tree(value, below);
  }

  #named(name: string, value: Json, below: Below): Json {
    if (typeof value === 'string') return this.#whole(value);
    if (Array.isArray(value)) return value.map((element) => this.#named(name, element, below));
    if (typeof value !== 'number') return this.#tree(value, below);
    const text = String(value);
    const isPassword = isPasswordName(bytes(name), 0, name.length);
    return isCount(bytes(text), 0, text.length) && !isPassword ? value : this.#token('password', text);
  }

  #commandLine(elements: Json[]): Json[] {
    let awaitsValue = false;
    return elements.map((element) => {
      if (Array.isArray(element)) return this.#commandLine(element);
      if (typeof element !== 'string') return this.#tree(element);
      const isValue = awaitsValue && !element.startsWith('-');
      const [, flag = '', assigned] = /^-*([\w.-]+)(=.*)?$/s.exec(element) ?? [];
      const isFlag = element.startsWith('-') && isSecret(flag);
      awaitsValue = !isValue && isFlag && assigned === undefined;
      if (isValue) return this.#whole(element);
      if (assigned === undefined || assigned === '=' || !isSecret(flag)) return this.#text(element);
      const start = element.length - assigned.length + 1;
      return isHarmless(element.slice(start))
        ? this.#text(element, [])
        : this.#text(element, [this.#rest(element, start)]);
    });
  }

  #rest(text: string, start: number): Edit {
    this.#learn(text.slice(start));
    return { start, end: text.length, as: 'password' };
  }

  #whole(text: string): Json {
    if (isHarmless(text)) return this.#text(text);
    this.#learn(text);
    return this.#token('password', text);
  }

  #text(text: string, edits = this.#hits(text)): Json {
    const all = [...edits, ...(text.length < 8 ? [] : this.#known(text))].sort(
      (a, b) => a.start - b.start || b.end - a.end,
    );
    let out = '';
    let at = 0;
    for (const [index, edit] of all.entries()) {
      if (edit.start < at) {
        assert.ok(edit.end <= at, `edits overlap: ${JSON.stringify(all)} ${index}`);
        continue;
      }
      const token = this.#token(edit.as, text.slice(edit.start, edit.end));
      out += text.slice(at, edit.start) + (edit.base64 === true ? btoa(token) : token);
      at = edit.end;
    }
    return out + text.slice(at);
  }

  #hits(text: string): Edit[] {
    const isConfig = /^\s*[{[]/.test(text) || /\n./s.test(text);
    const hits = isConfig
      ? atOnce(scanConfig(this.#scanner, bytes(text), configFormatOf('', bytes(text))))
      : this.#scanner.scanText(bytes(text));
    for (const { start, end } of hits) this.#learn(text.slice(start, end));
    return hits.map(({ start, end, tokenClass, form }) => ({ start, end, as: tokenClass, base64: form === 'base64' }));
  }

  #known(text: string): Edit[] {
    const edits: Edit[] = [];
    for (const value of this.#values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
        edits.push({ start: at, end: at + value.length, as: 'text' });
      }
    }
    return edits;
  }

  /** A value that is more than a word or a number. */
  #learn(value: string): void {
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9+/_.\s-]/].map((kind) => kind.test(value.slice(0, 64)));
    const [lower, upper, digit, mark] = kinds;
    const isDistinctive = mark || [lower, upper, digit].filter((has) => has).length > 1;
    if (value.length >= 8 && isDistinctive && !this.#values.includes(value)) this.#values.push(value);
  }

  #token(as: string, value: string): string {
    return referenceToken(options.hmac, RESOURCE, this.#metadata, { as, spelling: 'raw', value });
  }
}

const values = [
  'Xk93kfj2Lq7v',
  'gT5yH1uJ6iK3',
  'hunter',
  'true',
  '',
  '/var/run/secrets/x',
  '$(TOKEN)',
  '123456789',
  '4096',
];
const texts = [
  ...values,
  'all is well',
  'server: {port: 80}',
  'postgres://app:Wq7xK2vR9wEm@db:5432/shop',
  'Authorization: Bearer dF4gH8jK1lZ5xC9vB3nM',
  'port: 80\npassword: rE2wQ6tY\n',
  '{"user":"app","password":"uL7cS2eD5fG9"}',
  'cannot log in with Xk93kfj2Lq7v today',
  btoa('{"password":"kP3nV8bX1mQ6zR4t"}'),
  '--token',
  '--token=hunter2x',
  '--verbose',
  'API_TOKEN=gT5yH1uJ6iK3',
];
const names = [
  ...['name', 'key', 'value', 'args', 'command', 'note', 'password', 'apiToken', 'secretName', 'tokens', 'spec', 'env'],
  ...['DB_PASSWORD', 'LOG_LEVEL', 'credentials', 'items', 'size'],
];
const pairNames = fc.constantFrom('DB_PASSWORD', 'api-token', 'LOG_LEVEL', 'Authorization', 'retries');

const scalar = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(3, 4096, 123456789, true, null));
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), tie('tree'), { minKeys: 1, maxKeys: 5 }) },
    { weight: 1, arbitrary: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.record({ name: pairNames, value: scalar }) },
    { weight: 1, arbitrary: fc.record({ value: scalar, key: pairNames }) },
    { weight: 1, arbitrary: fc.record({ args: fc.array(fc.constantFrom(...texts), { maxLength: 5 }) }) },
  ) as fc.Arbitrary<Json>,
}));

it('masks custom resources as a walk over JSON.parse does', () => {
  const metadata = { name: 'w', namespace: 'shop', uid: 'u1' };
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 6 }), (spec) => {
      const input = JSON.stringify({ metadata, spec });
      const output = JSON.parse(maskPieces(planFor('get', RESOURCE), [bytes(input)], options));
      assert.deepEqual(output, { metadata, spec: new Reference(metadata).of(JSON.parse(input).spec) });
    }),
    { numRuns: 3000 },
  );
});
