// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Caller } from './installation/caller.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SECRETS = '/api/v1/namespaces/demo/secrets';
const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const OPENAPI_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const WATCH_LIST =
  'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=2';
const MAGIC = 'k8s\0';

/** `reader` reads what is masked, `trusted` what a permit reveals. */
const POLICIES = `
@id("everything") permit (principal == Agent::"reader", action, resource);
@id("all-of-it") @reveal permit (principal == Agent::"trusted", action, resource);
`;

interface Row {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
}

let site: Installation;
let reader: Caller;
let trusted: Caller;

before(async () => {
  site = await startInstallation({
    organisation: POLICIES,
    clusters: {
      lab: {
        policies: '// none of its own',
        rights: { 'countersign:readers': [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }] },
      },
    },
    agents: {
      reader: { clusters: { lab: ['countersign:readers'] } },
      trusted: { clusters: { lab: ['countersign:readers'] } },
    },
  });
  reader = site.as('reader');
  trusted = site.as('trusted');
});
after(() => site?.stop());

const getAs = (caller: Caller, path: string, accept: string, headers: Record<string, string> = {}) =>
  caller.call('GET', path, { headers: { accept, ...headers } });
const get = (path: string, accept: string, headers?: Record<string, string>) => getAs(reader, path, accept, headers);
const getRevealed = (path: string, accept: string) => getAs(trusted, path, accept);

test('what a permit reveals comes as protobuf where that is asked for, all else as JSON', async () => {
  for (const path of [CONFIG_MAPS, `${CONFIG_MAPS}/settings`, `${SECRETS}/database`, `${CONFIG_MAPS}/none`]) {
    const revealed = await getRevealed(path, `${PROTOBUF},${JSON_TYPE}`);
    assert.equal(revealed.headers['content-type'], PROTOBUF);
    assert.ok(revealed.text.startsWith(MAGIC), revealed.text);
    for (const accept of [PROTOBUF, `${PROTOBUF},${JSON_TYPE}`]) {
      const { headers, json } = await get(path, accept);
      assert.equal(headers['content-type'], JSON_TYPE);
      assert.equal(json.apiVersion, 'v1');
    }
  }
});

test('the metadata of many objects comes in both forms', async () => {
  const form = ';as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const accept = `${PROTOBUF}${form},${JSON_TYPE}${form},${JSON_TYPE}`;
  const revealed = await getRevealed(CONFIG_MAPS, accept);
  assert.ok(revealed.text.includes('PartialObjectMetadataList'), revealed.text);
  assert.match(String(revealed.headers['content-type']), /^application\/vnd.kubernetes.protobuf/);
  for (const path of [SECRETS, CONFIG_MAPS]) {
    assert.equal((await get(path, accept)).json.kind, 'PartialObjectMetadataList');
  }
});

test('rows of a masked Table hold as much of their objects as was asked for', async () => {
  const table = `${JSON_TYPE};as=Table;g=meta.k8s.io;v=v1`;
  const rowsOf = ({ json }: { readonly json: { readonly rows: readonly { readonly object: Row }[] } }) =>
    json.rows.map(({ object: { kind, apiVersion, metadata, ...rest } }) => [
      kind,
      apiVersion,
      metadata.name,
      Object.keys(rest),
    ]);
  for (const path of [SECRETS, CONFIG_MAPS]) {
    for (const query of ['', '?includeObject=Metadata', '?includeObject=Object']) {
      const revealed = rowsOf(await getRevealed(`${path}${query}`, table));
      assert.ok(revealed.length > 0);
      assert.deepEqual(rowsOf(await get(`${path}${query}`, table)), revealed, `${path}${query}`);
    }
  }
});

test('a write whose answer is protobuf has its object on record', async () => {
  const body = { metadata: { name: 'negotiated' } };
  const { status, text, id } = await trusted.call('POST', CONFIG_MAPS, { body, headers: { accept: PROTOBUF } });
  assert.equal(status, 201, text);
  assert.ok(text.startsWith(MAGIC), text);
  const { metadata } = (await get(`${CONFIG_MAPS}/negotiated`, JSON_TYPE)).json;
  const outcome = (await site.records())
    .map(({ record }) => record)
    .find((record) => record.type === 'outcome' && record.exchange === id);
  assert.ok(outcome?.type === 'outcome');
  assert.deepEqual(outcome.effect, { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
});

test('YAML and CBOR are refused so that a client can fall back, and passed over where it also takes JSON', async () => {
  for (const path of [`${CONFIG_MAPS}/settings`, `${SECRETS}/database`, '/apis', '/openapi/v2']) {
    for (const accept of ['application/yaml', 'application/cbor', 'application/cbor-seq;stream=watch']) {
      const refused = await get(path, accept);
      assert.deepEqual([refused.status, refused.json.reason], [406, 'NotAcceptable'], `${path} ${accept}`);
      const passed = await get(path, `${accept},application/json;q=0.9`);
      assert.deepEqual([passed.status, passed.headers['content-type']], [200, JSON_TYPE], `${path} ${accept}`);
    }
  }
  for (const contentType of ['application/cbor', 'application/yaml']) {
    const refused = await reader.call('POST', CONFIG_MAPS, { body: 'metadata: {}', contentType });
    assert.deepEqual([refused.status, refused.json.reason], [415, 'UnsupportedMediaType']);
    assert.match(refused.json.message, /send application\/json/);
  }
});

test('a watch-list says where its initial events end, in protobuf, JSON and where it is masked', async () => {
  const plain = '"k8s.io/initial-events-end":"true"';
  for (const [caller, path, accept, end] of [
    [trusted, CONFIG_MAPS, `${PROTOBUF};stream=watch`, 'k8s.io/initial-events-end'],
    [trusted, CONFIG_MAPS, JSON_TYPE, plain],
    [reader, CONFIG_MAPS, JSON_TYPE, plain],
    [reader, SECRETS, `${PROTOBUF};stream=watch,${JSON_TYPE};stream=watch`, plain],
  ] as const) {
    const { status, text } = await getAs(caller, `${path}?${WATCH_LIST}`, accept);
    assert.equal(status, 200, text);
    assert.ok(text.includes('BOOKMARK') && text.includes(end), `${path} ${accept}`);
  }
});

test('pages of masked objects go on where the last one ended', async () => {
  for (const name of ['page-1', 'page-2']) {
    const made = await reader.call('POST', SECRETS, { body: { metadata: { name }, stringData: { a: 'b' } } });
    assert.equal(made.status, 201, made.text);
  }
  const names: string[] = [];
  let next = '';
  do {
    const { json } = await get(`${SECRETS}?limit=1&continue=${encodeURIComponent(next)}`, JSON_TYPE);
    assert.equal(json.items.length, 1);
    names.push(json.items[0].metadata.name);
    next = json.metadata.continue ?? '';
  } while (next !== '');
  assert.ok(names.includes('page-1') && names.includes('page-2'), names.join(' '));
  assert.equal(new Set(names).size, names.length);
});

test('OpenAPI v2 comes as JSON and protobuf, and not again to who has it', async () => {
  for (const accept of [JSON_TYPE, OPENAPI_V2]) {
    const whole = await get('/openapi/v2', accept);
    assert.equal(whole.status, 200);
    assert.match(String(whole.headers['content-type']), accept === JSON_TYPE ? /^application\/json/ : /proto-openapi/);
    assert.match(String(whole.headers.vary), /Accept/);
    const again = await get('/openapi/v2', accept, { 'if-none-match': String(whole.headers.etag) });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', whole.headers.etag]);
  }
});

test('a document of OpenAPI v3 may be kept under its hash, and a stale hash leads to it', async () => {
  const { paths } = (await get('/openapi/v3', JSON_TYPE)).json;
  const hashed: string = paths['apis/apps/v1'].serverRelativeURL;
  const kept = await get(hashed, JSON_TYPE);
  assert.equal(kept.status, 200);
  assert.equal(kept.headers['cache-control'], 'public, immutable');
  assert.match(String(kept.headers.expires), /UTC$/);
  assert.match(String(kept.headers.vary), /Accept/);
  const stale = await get('/openapi/v3/apis/apps/v1?hash=00', JSON_TYPE);
  assert.deepEqual([stale.status, stale.text, stale.headers.location], [301, '', `/clusters/lab${hashed}`]);
  const elsewhere = await get('/openapi/v3/apis/nobody.example/v1?hash=00', JSON_TYPE);
  assert.deepEqual([elsewhere.status, elsewhere.json.reason], [404, 'NotFound']);
});

test('nothing comes compressed, however long it is and whatever is asked for', async () => {
  for (const path of ['/openapi/v2', '/openapi/v3/apis/apps/v1', '/apis', CONFIG_MAPS]) {
    const { status, headers, json } = await get(path, JSON_TYPE, { 'accept-encoding': 'gzip' });
    assert.equal(status, 200);
    assert.equal(headers['content-encoding'], undefined);
    assert.equal(typeof json, 'object');
  }
});

test('a write that is refused for its Accept is a refusal, not an intent that nobody knows the end of', async () => {
  const answer = await reader.call('POST', SECRETS, {
    headers: { accept: 'text/html' },
    body: { metadata: { name: 'unacceptable' } },
  });
  assert.equal(answer.status, 406, answer.text);
  const records = (await site.records()).map(({ record }) => record);
  const own = records.filter((record) => 'exchange' in record && record.exchange === answer.id);
  assert.deepEqual(
    own.map(({ type }) => type),
    ['refusal'],
  );
});
