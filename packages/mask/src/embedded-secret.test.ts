// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';

const hmac = (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest();
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/g;
const MASK_IN_BASE64 = /bWFza2VkLXYx[A-Za-z0-9+/]+=*/g;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const WIDGETS = 'example.org/widgets';

function masked(object: object, at: readonly number[] = [], resource = WIDGETS): string {
  const body = JSON.stringify(object);
  return maskPieces(planFor('get', resource), cut(body, at), { hmac, cluster: 'lab' });
}

const widget = (spec: unknown) => ({ kind: 'Widget', apiVersion: 'example.org/v1', metadata: { name: 'w' }, spec });

/** The spec of a custom resource, as an agent sees it. */
function shown(spec: unknown): unknown {
  return JSON.parse(masked(widget(spec)).replace(MASK, '…').replace(MASK_IN_BASE64, '…64')).spec;
}

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', labels: { app: 'shop' } }, type: 'Opaque' };
const data = { color: base64('red'), size: base64('12') };
const DATA = { color: '…64', size: '…64' };

describe('a Secret within another object', () => {
  it('has all its values masked, whatever their names, wherever it stands and wherever its kind does', () => {
    for (const [manifest, expected] of [
      [
        { ...SECRET, data },
        { ...SECRET, data: DATA },
      ],
      [
        { data, ...SECRET },
        { data: DATA, ...SECRET },
      ],
      [
        { stringData: { a: 'red' }, ...SECRET },
        { stringData: { a: '…' }, ...SECRET },
      ],
      [
        { ...SECRET, data: { a: 5, b: ['x'], c: { d: 'e' } } },
        { ...SECRET, data: { a: '…64', b: ['…64'], c: { d: '…64' } } },
      ],
      [
        { data: 'whole', kind: 'Secret' },
        { data: '…64', kind: 'Secret' },
      ],
      [
        { data: { labels: { a: 'b' }, kind: 'red' }, kind: 'Secret' },
        { data: { labels: { a: '…64' }, kind: '…64' }, kind: 'Secret' },
      ],
      [
        { data: { metadata: { ownerReferences: [{ name: 'x' }] } }, kind: 'Secret' },
        { data: { metadata: { ownerReferences: '…64' } }, kind: 'Secret' },
      ],
      [
        { kind: 'SecretList', items: [{ data }] },
        { kind: 'SecretList', items: [{ data: DATA }] },
      ],
      [
        { items: [{ data }], kind: 'SecretList' },
        { items: [{ data: DATA }], kind: 'SecretList' },
      ],
      [{ data: { inner: { kind: 'Secret', data } } }, { data: { inner: { kind: 'Secret', data: DATA } } }],
    ]) {
      for (const around of [
        (one: unknown) => ({ manifest: one }),
        (one: unknown) => ({ workload: { manifests: [{ kind: 'ConfigMap', data: { color: 'red' } }, one] } }),
        (one: unknown) => ({ template: { spec: { objects: { token: { name: 'x' }, secretRef: one } } } }),
      ]) {
        assert.deepEqual(shown(around(manifest)), around(expected), JSON.stringify(manifest));
      }
    }
  });

  it('is found where its names are spelled with escapes', () => {
    const body = JSON.stringify(widget({ m: { data, kind: 'Secret' } }));
    for (const [name, escaped] of [
      ['"data"', '"d\\u0061ta"'],
      ['"kind":"Secret"', '"k\\u0069nd":"Secre\\u0074"'],
    ] as const) {
      const text = body.replace(name, escaped);
      assert.notEqual(text, body);
      const out = maskPieces(planFor('get', WIDGETS), [Buffer.from(text)], { hmac, cluster: 'lab' });
      assert.ok(!out.includes(data.color) && !out.includes(data.size), out);
    }
  });

  it('leaves the data of other objects, and what stands beside that of a Secret', () => {
    const others = {
      settings: { kind: 'ConfigMap', data: { color: 'red', size: '12' } },
      untyped: { data: { color: 'red' }, stringData: 'x' },
      ref: { kind: 'Secret', name: 'db', key: 'color' },
      list: { kind: 'ConfigMapList', items: [{ data: { color: 'red' } }] },
    };
    assert.deepEqual(shown(others), others);
    const list = [
      { data: { color: 'red', shape: 'round as a circle' } },
      { data: { color: 'red', shape: 'round as a circle' }, kind: 'Secret' },
    ];
    assert.deepEqual(shown({ list }), { list: [list[0], { data: { color: '…64', shape: '…64' }, kind: 'Secret' }] });
  });

  it('is no less one where the same bytes stood before in another place of the same list', () => {
    const like = { note: 'x'.repeat(80), other: 'y'.repeat(80) };
    const items = ['ConfigMap', 'ConfigMap', 'Secret'].map((kind) =>
      widget({ copy: like, m: { data: { like }, kind } }),
    );
    const list = { kind: 'WidgetList', apiVersion: 'example.org/v1', items };
    const specs = JSON.parse(masked(list)).items.map(({ spec }: { spec: { m: { data: object } } }) => spec.m.data);
    assert.deepEqual(specs.slice(0, 2), [{ like }, { like }]);
    assert.doesNotMatch(JSON.stringify(specs[2]), /xxxx|yyyy/);
  });

  it('is found in the free maps of built-in objects, and in a copy of the object in an annotation', () => {
    const revision = { kind: 'ControllerRevision', metadata: { name: 'r' }, data: { spec: { data, kind: 'Secret' } } };
    assert.ok(!masked(revision, [], 'apps/controllerrevisions').includes(data.color));
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(widget({ m: { data, kind: 'Secret' } })),
    };
    const object = { ...widget({}), metadata: { name: 'w', annotations } };
    assert.ok(!masked(object).includes(data.color));
  });

  it('has its values masked where other members of the object quote them, as they are and in base64', () => {
    const value = 'correct-Horse-7';
    const object = {
      ...widget({ m: { ...SECRET, data: { a: base64(value) } } }),
      status: { message: `no ${value}, no ${base64(value)} here` },
    };
    const out = masked(object);
    assert.ok(!out.includes(value) && !out.includes(base64(value)), out);
  });

  it('gives the same wherever chunks end', () => {
    const object = widget({
      list: [
        { data, kind: 'Secret' },
        { kind: 'ConfigMap', data },
        { kind: 'SecretList', items: [{ data }] },
      ],
    });
    const whole = masked(object);
    const { length } = JSON.stringify(object);
    for (let at = 0; at <= length; at++) assert.equal(masked(object, [at]), whole, `${at}`);
    fc.assert(
      fc.property(fc.array(fc.nat(length), { maxLength: 12 }), (at) => assert.equal(masked(object, at), whole)),
      { numRuns: 100 },
    );
  });

  it('takes what is nested too deeply for one', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 'x' : { data: nested(levels - 1) });
    assert.match(JSON.stringify(shown(nested(9))), /…64/);
    assert.doesNotMatch(JSON.stringify(shown(nested(4))), /…/);
  });

  it('is masked where an annotation of another kind says that it was applied, alone or in a list', () => {
    const items = [{ ...SECRET, data }];
    for (const manifest of [
      { ...SECRET, data },
      { stringData: { color: 'red' }, kind: 'Secret' },
      { kind: 'List', items },
    ]) {
      for (const name of ['kubectl.kubernetes.io/last-applied-configuration', 'kapp.k14s.io/original']) {
        for (const [resource, kind, spell] of [
          ['/configmaps', 'ConfigMap', (text: string) => text],
          ['/pods', 'Pod', (text: string) => text.replaceAll('kind', 'k\\u0069nd')],
        ] as const) {
          const metadata = { name: 'x', annotations: { [name]: spell(JSON.stringify(manifest)) } };
          const { annotations } = JSON.parse(masked({ kind, metadata }, [], resource)).metadata;
          assert.match(annotations[name], /^masked-v1-annotation-[a-z2-7]{26}$/);
        }
      }
    }
    const applied = JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '{"kind":"Secret"}' } });
    const metadata = { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } };
    assert.ok(masked({ kind: 'ConfigMap', metadata }, [], '/configmaps').includes(JSON.stringify(applied)));
  });
});
