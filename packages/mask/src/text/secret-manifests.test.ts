// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { yamlText } from '../fixtures/yaml-text.ts';
import { joinBytes } from '../json/bytes.ts';
import { createStreamMask } from '../stream/stream-mask.ts';
import { atOnce } from '../turns.ts';
import { configFormatOf } from './config-format.ts';
import { scanConfig } from './scan-config.ts';
import { createTextMasker } from './text-masker.ts';
import { TextScanner } from './text-scanner.ts';

const hmac = (message: Uint8Array) => createHmac('sha256', 'k').update(message).digest();
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const source = { cluster: 'lab', resource: 'pods/log', namespace: 'shop', name: 'web', part: 'app' };
const options = { hmac, inflate: () => undefined, source };

/** Values that say nothing by themselves, under names that say nothing. */
const VALUES = ['red', 'correct horse', 'größe', Uint8Array.from({ length: 24 }, (_, i) => (i * 89 + 200) % 256)];
const data = Object.fromEntries(VALUES.map((value, index) => [`setting.${index}`, base64(value)]));
const ENCODED = Object.values(data);
const metadata = { name: 'db', namespace: 'shop', labels: { app: 'shop' } };
/** As kubectl prints it, in the order of the letters, and as Go does. */
const SORTED = { apiVersion: 'v1', data, kind: 'Secret', metadata, type: 'Opaque' };
const TYPED = { kind: 'Secret', apiVersion: 'v1', metadata, data, type: 'Opaque' };
const LISTS = [
  { apiVersion: 'v1', items: [SORTED, SORTED], kind: 'List', metadata: {} },
  {
    kind: 'SecretList',
    apiVersion: 'v1',
    metadata: {},
    items: [
      { metadata, data },
      { metadata, data },
    ],
  },
];

/** A manifest in all the texts that it comes in. */
function textsOf(object: object): readonly string[] {
  const json = JSON.stringify(object);
  const spelled = [json, JSON.stringify(object, null, 4), yamlText(object), yamlText({ x: object })];
  return [
    ...spelled.flatMap((text) => [
      text,
      `${text}\n---\n${text}`,
      JSON.stringify({ level: 'info', msg: 'applying', manifest: text }),
      `applying ${JSON.stringify(JSON.stringify({ manifest: text }))} now`,
      `blob ${base64(text)} end`,
    ]),
    `INFO applying ${json} now`,
    json.replaceAll(':', ': '),
  ];
}

function inLog(text: string, at: readonly number[] = []): string {
  const bytes = Buffer.from(text);
  const edges = [0, ...at, bytes.length];
  const masker = createTextMasker({ ...options, cutNonce: new Uint8Array(16) });
  const out = edges.slice(1).map((edge, i) => masker.write(bytes.subarray(edges[i], edge)).slice());
  return Buffer.from(joinBytes([...out, masker.end()])).toString();
}

function inSession(text: string, at: readonly number[] = []): string {
  const bytes = Buffer.from(text);
  const edges = [0, ...at, bytes.length];
  const mask = createStreamMask(options);
  const out = edges.slice(1).map((edge, i) => mask.push(bytes.subarray(edges[i], edge), 0).slice());
  return Buffer.from(joinBytes([...out, mask.end()])).toString();
}

function inConfig(text: string): string {
  const bytes = Buffer.from(text);
  let out = '';
  let at = 0;
  for (const { start, end } of atOnce(scanConfig(new TextScanner(), bytes, configFormatOf('', bytes)))) {
    out += `${bytes.subarray(at, start)}…`;
    at = end;
  }
  return out + bytes.subarray(at);
}

const PLACES = { inLog, inSession, inConfig };

/** Texts in which nothing is to be masked. */
const CLEAN = [
  yamlText({
    apiVersion: 'v1',
    data: { level: 'info', on: 'true', size: '8080', db: 'postgres', host: 'db.shop.svc', mode: 'PROD' },
    kind: 'ConfigMap',
    metadata,
  }),
  JSON.stringify(
    { kind: 'ConfigMap', data: { level: 'info', on: 'true', app: 'checkout', zone: 'eu-west-1' } },
    null,
    2,
  ),
  '{"level":"info","data":{"id":"abcd","user":"shop","n":12,"hash":"0f1e2d3c4b5a69780f1e2d3c4b5a6978"},"msg":"done"}',
  'data:\n- one\n- two\n',
  'data:\n  mode: file\n  storage: disk\n  mtu: "1500"\n  ttl: "3600"\n  keep: "1440"\n  dist: dist\n  a: blog\n  z: flow\n',
  'metadata: {app: cmVk}\nmydata:\n  a: cmVk\n',
  'Name:         db\nNamespace:    shop\nType:  Opaque\n\nData\n====\npassword:  8 bytes\ncolor:     3 bytes\n',
  'kind: SecretStore\nspec:\n  data: here\n  kind: Secret\n  name: db\nkey: value\n',
  'received data: cmVk bytes\n',
];

const texts = (...objects: readonly object[]) => objects.flatMap(textsOf);

function assertNone(text: string, out: string, words: readonly string[]): void {
  for (const word of words) assert.ok(!out.includes(word), `${word}: ${text}\n${out}`);
}

const STRINGS = { color: 'scarlet', lines: 'one-alpha\ntwo-beta\n', n: 'quoted: gamma' };

for (const [place, mask] of Object.entries(PLACES)) {
  describe(`manifests of Secrets in texts, ${place}`, () => {
    it('have all their values masked, whatever their names', () => {
      for (const text of texts(SORTED, TYPED, ...LISTS)) assertNone(text, mask(text), ENCODED);
    });

    it('have all of stringData masked', () => {
      const first = { stringData: STRINGS, kind: 'Secret', metadata };
      for (const text of texts(first, { kind: 'Secret', metadata, stringData: STRINGS })) {
        assertNone(text, mask(text), ['scarlet', 'alpha', 'beta', 'gamma']);
      }
    });

    it('leave what is no Secret', () => {
      for (const text of CLEAN) assert.equal(mask(text), text);
    });
  });
}

describe('manifests of Secrets in texts', () => {
  it('keep what stands around the values, and base64 stays base64', () => {
    const lines = yamlText(SORTED).split('\n');
    for (const [index, line] of inLog(yamlText(SORTED)).split('\n').entries()) {
      const value = /^ {2}setting\.\d: (.*)$/.exec(line)?.[1];
      if (value === undefined) assert.equal(line, lines[index]);
      else assert.match(Buffer.from(value, 'base64').toString(), /^masked-v1-secret-/);
    }
  });

  it('come out the same wherever pieces end', () => {
    for (const text of texts(SORTED, TYPED, ...LISTS)) {
      const [log, session] = [inLog(text), inSession(text)];
      const { length } = Buffer.from(text);
      for (let at = 1; at < length; at += 5) assert.equal(inLog(text, [at]), log, `${at}: ${text}`);
      for (let at = 1; at < length; at += 19) assert.equal(inSession(text, [at]), session, `${at}: ${text}`);
      if (length > 600) continue;
      const each = Array.from({ length: length - 1 }, (_, index) => index + 1);
      assert.equal(inSession(text, each), session, text);
    }
  });

  it('are known by a kind that came before, whatever the values are', () => {
    const yaml =
      'kind: Secret\nmetadata:\n  name: x\ndata:\n  a: no base64\n  b: info\nspec: x\nkind: ConfigMap\ndata:\n  b: info\n';
    const outline = (text: string) => inLog(text).replace(/masked-v1-[a-z]+-\w+/g, '…');
    assert.equal(outline(yaml), yaml.replace('a: no base64', 'a: …').replace('b: info', 'b: …'));
    const list = '- kind: Secret\n  data:\n    a: info\n- kind: ConfigMap\n  data:\n    a: info\n';
    assert.equal(outline(list), list.replace('info', '…'));
    const anchored = '- data: &one # of all\n    a: cmVk\n  kind: Secret\n- data: *one\n';
    assert.equal(outline(anchored).replace(/bWFza2Vk\S+/, '…'), anchored.replace('cmVk', '…'));
  });
});
