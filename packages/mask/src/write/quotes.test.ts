// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import { planFor } from '../fixtures/run-masker.ts';
import { atOnce } from '../turns.ts';
import { mayUncover } from './may-uncover.ts';
import { mayUnname } from './may-unname.ts';
import { hasQuoted } from './quotes.ts';
import { hasCovered, type Read, uncovers } from './uncovers.ts';

const VALUE = 'Zk9vQ2x7Lw3pT8sN';
const WIDGETS = 'shop.example.com/widgets';
const DEPLOYMENTS = 'apps/deployments';
const CONTAINER = '/spec/template/spec/containers/0';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const parsed = (value: unknown) => parseJson(Buffer.from(JSON.stringify(value)));
const inTemplate = (container: object) => ({
  spec: { template: { spec: { containers: [{ name: 'shop', ...container }] } } },
});
const withToken = inTemplate({ command: ['app', '--token'], args: [VALUE] });
const env = [
  { name: 'DB_PASSWORD', value: VALUE },
  { name: 'NOTE', value: `x ${VALUE}` },
];

function read(object: object): Read {
  const bytes = Buffer.from(JSON.stringify({ metadata: { name: 'main', namespace: 'shop' }, ...object }));
  return { bytes, value: parseJson(bytes) };
}

interface Case {
  readonly resource: string;
  readonly format: JsonBodyFormat;
  readonly sent: unknown;
  readonly before: object;
  readonly after: object;
}

/** What the stage asks: whether the patch can, the object has such a value, and the result shows it. */
function isStopped({ resource, format, sent, before, after }: Case): boolean {
  const plan = planFor('patch', resource);
  const [was, is] = [read(before), read(after)];
  const covered = mayUncover(format, parsed(sent), plan) && atOnce(hasCovered(was.bytes, plan));
  const quoted =
    mayUnname(format, parsed(sent), plan, { isPut: format === 'json' }) && atOnce(hasQuoted(was.bytes, plan));
  return (covered || quoted) && atOnce(uncovers({ before: was, after: is, sent: parsed(sent) }, plan));
}

const removed = (path: string) => [{ op: 'remove', path }];
const strategic = 'strategic-merge-patch';
const uncovering: readonly (readonly [JsonBodyFormat, string, sent: unknown, before: object, after: object])[] = [
  ...([strategic, 'apply'] as const).map(
    (format) =>
      [
        ...([format, DEPLOYMENTS, inTemplate({ command: ['app'] })] as const),
        ...([withToken, inTemplate({ command: ['app'], args: [VALUE] })] as const),
      ] as const,
  ),
  [strategic, DEPLOYMENTS, inTemplate({ command: null }), withToken, inTemplate({ args: [VALUE] })],
  [
    'json-patch',
    DEPLOYMENTS,
    [{ op: 'replace', path: `${CONTAINER}/command`, value: ['app'] }],
    withToken,
    inTemplate({ command: ['app'], args: [VALUE] }),
  ],
  ['json-patch', DEPLOYMENTS, removed(`${CONTAINER}/command`), withToken, inTemplate({ args: [VALUE] })],
  [
    'merge-patch',
    WIDGETS,
    { spec: { command: ['app'] } },
    { spec: { command: ['app', '--token'], args: [VALUE] } },
    { spec: { command: ['app'], args: [VALUE] } },
  ],
  [
    'merge-patch',
    WIDGETS,
    { spec: { password: null } },
    { spec: { password: VALUE, note: `x ${VALUE}` } },
    { spec: { note: `x ${VALUE}` } },
  ],
  [
    'merge-patch',
    '/configmaps',
    { data: { password: null } },
    { data: { password: VALUE, note: `x ${VALUE} y` } },
    { data: { note: `x ${VALUE} y` } },
  ],
  [
    'merge-patch',
    '/configmaps',
    { data: { password: 'another' } },
    { data: { password: VALUE, note: VALUE } },
    { data: { password: 'another', note: VALUE } },
  ],
  [
    'json-patch',
    '/configmaps',
    removed('/data/password'),
    { data: { password: VALUE, note: VALUE } },
    { data: { note: VALUE } },
  ],
  [
    strategic,
    DEPLOYMENTS,
    inTemplate({ env: [{ $patch: 'delete', name: 'DB_PASSWORD' }] }),
    inTemplate({ env }),
    inTemplate({ env: env.slice(1) }),
  ],
  ['json-patch', DEPLOYMENTS, removed(`${CONTAINER}/env/0`), inTemplate({ env }), inTemplate({ env: env.slice(1) })],
  [
    'json',
    WIDGETS,
    { spec: {} },
    { spec: { password: VALUE }, status: { message: `logged in with ${VALUE}` } },
    { spec: {}, status: { message: `logged in with ${VALUE}` } },
  ],
  [
    'json',
    WIDGETS,
    { status: {} },
    { spec: { note: `x ${VALUE}` }, status: { password: VALUE } },
    { spec: { note: `x ${VALUE}` }, status: {} },
  ],
];

const inSecret = (text: string, more: object = {}) => ({
  metadata: { name: 'main', annotations: { note: text } },
  data: { a: base64(VALUE), ...more },
});
const withoutData = (text: string) => ({ metadata: { name: 'main', annotations: { note: text } } });

describe('a write to a Secret', () => {
  const taking: readonly (readonly [JsonBodyFormat, sent: unknown])[] = [
    ['merge-patch', { data: { a: null } }],
    ['merge-patch', { data: null }],
    ['merge-patch', { data: { a: base64('another one') } }],
    [strategic, { data: { $patch: 'delete' } }],
    ['json-patch', removed('/data/a')],
    ['json-patch', [{ op: 'replace', path: '/data/a', value: base64('another one') }]],
    ['apply', { data: {} }],
    ['json', withoutData('x')],
  ];
  const texts = [VALUE, `it is ${VALUE} since May`, base64(VALUE), base64(`x:${VALUE}`), `https://h/${VALUE}`];

  for (const [format, sent] of taking) {
    it(`uncovers nothing that an annotation repeats: ${format}, ${JSON.stringify(sent)}`, () => {
      for (const text of texts) {
        const [before, after] = [inSecret(text), withoutData(text)];
        assert.equal(isStopped({ resource: '/secrets', format, sent, before, after }), true, text);
      }
    });
  }

  it('is looked at for a value that is a word, too', () => {
    const [before, after] = [
      inSecret('it is correcthorse', { a: base64('correcthorse') }),
      withoutData('it is correcthorse'),
    ];
    assert.equal(
      isStopped({ resource: '/secrets', format: 'merge-patch', sent: { data: { a: null } }, before, after }),
      true,
    );
  });

  it('goes on where nothing repeats what it takes, or all that repeats it goes too', () => {
    const patch = { resource: '/secrets', format: 'merge-patch', sent: { data: { a: null } } } as const;
    for (const text of ['red', 'shop-team']) {
      const before = inSecret(text, { b: base64('another value'), c: base64(VALUE) });
      assert.equal(atOnce(hasQuoted(read(before).bytes, planFor('patch', '/secrets'))), false);
      assert.equal(isStopped({ ...patch, before, after: withoutData(text) }), false);
    }
    const copy = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { a: base64(VALUE) } });
    const applied = (text: string) => ({
      metadata: { name: 'main', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } },
    });
    const before = { ...applied(copy), data: { a: base64(VALUE) } };
    assert.equal(isStopped({ ...patch, before, after: applied(copy) }), false);
    assert.equal(isStopped({ ...patch, before: inSecret(VALUE), after: { metadata: { name: 'main' } } }), false);
  });
});

describe('a write that names no value', () => {
  for (const [format, resource, sent, before, after] of uncovering) {
    it(`uncovers none: ${format} of ${resource}, ${JSON.stringify(sent)}`, () => {
      assert.equal(isStopped({ resource, format, sent, before, after }), true);
    });
  }

  it('goes on where no other text has the value, or a text that shows it shows it already', () => {
    const data = { password: VALUE, note: 'red' };
    const patch = { resource: '/configmaps', format: 'merge-patch', sent: { data: { password: null } } } as const;
    assert.equal(isStopped({ ...patch, before: { data }, after: { data: { note: 'red' } } }), false);
    const shown = { metadata: { name: 'main', labels: { a: VALUE } } };
    assert.equal(
      isStopped({ ...patch, before: { ...shown, data }, after: { ...shown, data: { note: 'red' } } }),
      false,
    );
  });

  it('is told nothing of a guess that it brings along', () => {
    const before = { data: { password: VALUE } };
    for (const guess of [VALUE, 'Zk9vQ2x7Lw3pT8sX']) {
      const sent = { data: { password: null, note: guess } };
      const after = { data: { note: guess } };
      assert.equal(isStopped({ resource: '/configmaps', format: 'merge-patch', sent, before, after }), false);
    }
  });
});

describe('hasQuoted', () => {
  it('knows a value again however JSON spells it', () => {
    const plan = planFor('patch', WIDGETS);
    for (const spelled of [
      'hunter\\u00262hunter2',
      'quo\\"ted99value',
      'lineone\\nlinetwo9',
      'ab\\u0026cd\\u003cef\\u003eghij99',
    ]) {
      const document = Buffer.from(`{"spec":{"password":"${spelled}","note":"is ${spelled} so"}}`);
      assert.equal(atOnce(hasQuoted(document, plan)), true, spelled);
    }
    assert.equal(atOnce(hasQuoted(Buffer.from('{"spec":{"password":"hunter2hunter2","note":"is so"}}'), plan)), false);
  });
});

describe('mayUnname', () => {
  it('lets alone what takes nothing that names a value', () => {
    for (const [format, resource, body] of [
      ['merge-patch', DEPLOYMENTS, { spec: { replicas: 3 } }],
      ['merge-patch', '/configmaps', { metadata: { labels: { a: 'b' } } }],
      [strategic, DEPLOYMENTS, inTemplate({ image: 'shop:2' })],
      ['json-patch', DEPLOYMENTS, [{ op: 'replace', path: `${CONTAINER}/image`, value: 'shop:2' }]],
      ['json-patch', DEPLOYMENTS, [{ op: 'add', path: `${CONTAINER}/env/-`, value: { name: 'A', value: 'x' } }]],
      ['json', '/configmaps', { data: { password: 'x' } }],
      ['merge-patch', '/secrets', { metadata: { labels: { a: null } } }],
    ] as const) {
      assert.equal(
        mayUnname(format, parsed(body), planFor('patch', resource), { isPut: false }),
        false,
        JSON.stringify(body),
      );
    }
  });

  it('takes every apply for one that leaves something out', () => {
    for (const resource of ['/configmaps', '/secrets']) {
      assert.equal(mayUnname('apply', parsed({ data: {} }), planFor('patch', resource), { isPut: false }), true);
    }
  });
});
