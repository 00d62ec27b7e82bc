// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Verb } from '@countersign/kube';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';
import { createMasker } from './masker.ts';
import { TURN_BYTES } from './turns.ts';

const VALUE = 'Qx7wPz93kLm2';
const WIDGETS = 'shop.example.com/widgets';
const HEAD = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };

const hmac = (message: Uint8Array) => createHmac('sha256', 'a key of the tests').update(message).digest();
const base64 = (text: string) => Buffer.from(text).toString('base64');

const annotations = {
  note: `the value is ${VALUE} since May`,
  copy: VALUE,
  url: `https://h/${VALUE}`,
  harmless: 'yes',
};
const metadata = { name: 'main', namespace: 'shop', uid: 'u', labels: { a: 'b' }, annotations };
const secret = { metadata, data: { a: base64(VALUE) }, type: 'Opaque' };
const widget = { apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata, spec: { password: VALUE, metadata: {} } };

const container = { name: 'shop', env: [{ name: 'DB_PASSWORD', value: VALUE }] };
const pod = { metadata, spec: { nodeName: 'a', containers: [container] } };

interface Given {
  readonly of?: 'answer' | 'rows';
  readonly resource?: string;
  readonly pieces?: (body: Uint8Array) => readonly Uint8Array[];
}

function formed(verb: Verb, body: unknown, given: Given = {}): string {
  const { resource = '/secrets', pieces = (bytes) => [bytes], of = 'answer' } = given;
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const form = { [of === 'answer' ? 'metadataAs' : 'rowsAs']: 'meta.k8s.io/v1' };
  return maskPieces(planFor(verb, resource), pieces(bytes), { hmac, cluster: 'c', ...form });
}

/** What is masked in an object, whole. */
function maskedMetadata(object: object, resource?: string): object {
  const whole = maskPieces(planFor('get', resource), [Buffer.from(JSON.stringify(object))], { hmac, cluster: 'c' });
  return JSON.parse(whole).metadata;
}

describe('metadata of whole objects', () => {
  it('of an object are what the whole object shows, in the form of the API server', () => {
    for (const [object, resource] of [
      [{ kind: 'Secret', apiVersion: 'v1', ...secret }, '/secrets'],
      [widget, WIDGETS],
      [{ kind: 'Pod', apiVersion: 'v1', ...pod }, '/pods'],
      [{ kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { password: VALUE } }, '/configmaps'],
    ] as const) {
      for (const verb of ['get', 'patch', 'delete'] as const) {
        const text = formed(verb, object, { resource });
        assert.equal(text, JSON.stringify({ ...HEAD, metadata: maskedMetadata(object, resource) }), resource);
        assert.ok(!text.includes(VALUE), text);
        assert.match(text, /"harmless":"yes"/);
      }
    }
  });

  it('of a list are elements of one', () => {
    const listed = { resourceVersion: '7', continue: 'x' };
    const shown = { ...HEAD, metadata: maskedMetadata(secret) };
    const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' };
    const list = { kind: 'SecretList', apiVersion: 'v1', metadata: listed, items: [secret, secret] };
    for (const verb of ['list', 'deletecollection'] as const) {
      assert.equal(formed(verb, list), JSON.stringify({ ...head, metadata: listed, items: [shown, shown] }));
      assert.equal(formed(verb, { ...list, items: [] }), JSON.stringify({ ...head, metadata: listed, items: [] }));
    }
    const sorted = { apiVersion: 'v1', items: [widget], kind: 'WidgetList', metadata: listed };
    const widgets = [{ ...HEAD, metadata: maskedMetadata(widget, WIDGETS) }];
    const expected = { ...head, items: widgets, metadata: listed };
    assert.deepEqual(JSON.parse(formed('list', sorted, { resource: WIDGETS })), expected);
    assert.deepEqual(JSON.parse(formed('list', { ...sorted, items: null }, { resource: WIDGETS })), {
      ...expected,
      items: null,
    });
  });

  it('of a watch are the objects of its events, and errors go on as they are', () => {
    const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
    const object = { kind: 'Secret', apiVersion: 'v1', ...secret };
    const mark = { kind: 'Secret', apiVersion: 'v1', metadata: { resourceVersion: '9', creationTimestamp: null } };
    const gone = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410 };
    const text = formed('watch', event('ADDED', object) + event('BOOKMARK', mark) + event('ERROR', gone));
    const shown = { ...HEAD, metadata: maskedMetadata(secret) };
    const bookmark = { ...HEAD, metadata: mark.metadata };
    assert.equal(text, event('ADDED', shown) + event('BOOKMARK', bookmark) + event('ERROR', gone));
  });

  it('of what is deleted are none: a Status goes on as it is', () => {
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: 'main' } };
    for (const verb of ['delete', 'deletecollection'] as const) {
      assert.equal(formed(verb, status), JSON.stringify(status));
    }
  });

  it('are the same wherever the pieces of an answer begin and end', () => {
    const items = [
      widget,
      { ...widget, spec: { files: 'x'.repeat(3 * TURN_BYTES), metadata: { a: [1, '2'] } } },
      widget,
    ];
    const body = JSON.stringify({ kind: 'WidgetList', metadata: { resourceVersion: '1' }, items });
    const whole = formed('list', body, { resource: WIDGETS });
    assert.ok(whole.length < 3000);
    for (const at of [1, 7, 50, 51, 52, 300, 301, TURN_BYTES]) {
      const pieces = (bytes: Uint8Array) => cut(bytes, [at, at * 2, at * 3]);
      assert.equal(formed('list', body, { resource: WIDGETS, pieces }), whole);
    }
  });

  it('are those of an object that calls itself a Status, too, in whatever pieces it comes', () => {
    const odd = { items: [{ b: 'x' }], kind: 'Status', metadata: { name: 'a' }, spec: { size: 3 } };
    const shown = formed('get', odd, { resource: WIDGETS });
    assert.deepEqual(JSON.parse(shown), { ...HEAD, metadata: { name: 'a' } });
  });

  it('never show another member, whatever its name and order', () => {
    const odd = `{"spec":{"metadata":{"annotations":{"a":"${VALUE}"}}},"m\\u0065tadata":{"a":"x"},"metadata":{"name":"a"},"kind":"Status","data":1,"items":[{"b":"x"}]}`;
    const text = formed('get', odd, { resource: WIDGETS });
    assert.ok(!text.includes(VALUE));
  });

  it('in the rows of a Table stand for its objects, and all else of it stays', () => {
    const rows = [
      { cells: ['main', VALUE, ['x', { object: { data: 'y' } }]], object: { kind: 'Pod', apiVersion: 'v1', ...pod } },
      { cells: ['other', '-', null], object: null },
    ];
    const columnDefinitions = [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }];
    const table = {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '1' },
      columnDefinitions,
      rows,
    };
    const shown = { ...HEAD, metadata: maskedMetadata(pod, '/pods') };
    const parsed = JSON.parse(formed('list', table, { resource: '/pods', of: 'rows' }));
    assert.deepEqual(parsed.rows[0].object, shown);
    assert.deepEqual(parsed.rows[1], rows[1]);
    assert.deepEqual(
      [parsed.columnDefinitions, parsed.metadata, parsed.kind],
      [columnDefinitions, table.metadata, 'Table'],
    );
    assert.deepEqual(parsed.rows[0].cells[2], ['x', { object: { data: 'y' } }]);
    const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
    const later = { ...table, columnDefinitions: null };
    const gone = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410 };
    const watched = formed('watch', event('ADDED', table) + event('MODIFIED', later) + event('ERROR', gone), {
      resource: '/pods',
      of: 'rows',
    });
    const events = watched.split('\n').filter((line) => line !== '');
    assert.deepEqual(
      events.map((line) => JSON.parse(line).object.rows?.[0].object),
      [shown, shown, undefined],
    );
    assert.equal(`${events[2]}\n`, event('ERROR', gone));
    for (const text of [watched, JSON.stringify(parsed)]) assert.ok(!text.includes(VALUE), text);
    for (const at of [1, 50, 300, 301, 600]) {
      const pieces = (bytes: Uint8Array) => cut(bytes, [at, at * 2]);
      assert.deepEqual(JSON.parse(formed('list', table, { resource: '/pods', of: 'rows', pieces })), parsed);
    }
    // What is no Table goes on as it is, masked.
    const whole = { kind: 'Pod', apiVersion: 'v1', ...pod };
    assert.deepEqual(JSON.parse(formed('get', whole, { resource: '/pods', of: 'rows' })).spec.nodeName, 'a');
  });

  it('of a large object take turns', () => {
    const files = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, 'x'.repeat(400)]));
    const masker = createMasker(planFor('get', WIDGETS), { hmac, cluster: 'c', metadataAs: 'meta.k8s.io/v1' });
    let turns = 0;
    for (const _ of masker.writeInTurns(Buffer.from(JSON.stringify({ ...widget, spec: files })))) turns++;
    assert.ok(turns > (2 * 800_000) / TURN_BYTES, `${turns}`);
  });
});
