// SPDX-License-Identifier: Apache-2.0
// Custom resources that give whoever writes them the rights of their controllers. Their definitions are installed, so that
// the API server would do all that is tried; a default agent with a broad permit is refused each of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startWithDefaultAgent } from './baseline/default-agent.ts';
import { collectionOf, definition, footholds, type Installed, operatorKinds, UNKNOWN } from './baseline/operators.ts';
import { Refusals } from './baseline/refusals.ts';
import { type Attempt, everyChange, everyCreate } from './baseline/spellings.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import type { Installation } from './installation.ts';

const NAME = 'standing';

let site: Installation;
let refusals: Refusals;

before(async () => {
  site = await startWithDefaultAgent(['apply.example.com']);
  refusals = new Refusals(site, site.as('bot'));
  const kinds = [UNKNOWN, ...operatorKinds.flatMap(([, list]) => list)];
  await site.lab('lab').admin.apply(kinds.map(definition));
  for (const kind of kinds) await stand(kind);
});
after(() => site?.stop());

function objectOf({ apiVersion, kind }: Installed, name: string, spec: object = { note: 'x' }) {
  return { apiVersion, kind, metadata: { name }, spec };
}

/** Makes one object of a kind, which is served a moment after its definition. */
async function stand(kind: Installed): Promise<void> {
  const { admin } = site.lab('lab');
  let last = '';
  await eventually(`${kind.plural} are served`, async () => {
    const { status, body } = await admin.request('POST', collectionOf(kind), objectOf(kind, NAME));
    last = `${status} ${body.message}`;
    return status === 201;
  }).catch(() => assert.fail(`${kind.plural}: ${last}`));
}

/** Every way to write a kind: to make one, to change one, to delete one or all. */
async function everyWrite(kind: Installed): Promise<readonly Attempt[]> {
  const collection = collectionOf(kind);
  const changes = await everyChange(
    site.lab('lab').admin,
    `${collection}/${NAME}`,
    { spec: { note: 'y' } },
    { custom: true },
  );
  return [
    ...everyCreate(collection, objectOf(kind, 'made')),
    ...changes,
    { method: 'DELETE', path: `${collection}/${NAME}` },
  ];
}

for (const [rule, kinds] of operatorKinds) {
  test(`a default agent can't write: ${kinds.map(({ kind }) => kind).join(', ')}`, async () => {
    const attempts = (await Promise.all(kinds.map(everyWrite))).flat();
    await refusals.refusedThoughPossible(rule, [rule], attempts);
    const all = kinds.map((kind) => ({ method: 'DELETE', path: collectionOf(kind) }));
    await refusals.refusedThoughPossible(`${rule}, all of a kind`, [rule, 'ask-deletecollection'], all);
  });
}

test("a default agent can't have a controller that nobody knows of write, run, bind or read for it", async () => {
  const { admin } = site.lab('lab');
  const collection = collectionOf(UNKNOWN);
  for (const [what, rule, spec] of footholds) {
    const attempts = [
      ...everyCreate(collection, objectOf(UNKNOWN, 'made', spec)),
      ...(await everyChange(admin, `${collection}/${NAME}`, { spec }, { custom: true })),
    ];
    await refusals.refusedThoughPossible(what, [rule], attempts);
  }
});

test("a default agent can't make a manifest in two steps, of which none shows it whole", async () => {
  const { admin } = site.lab('lab');
  const collection = collectionOf(UNKNOWN);
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' };
  const data = { data: { a: 'b' } };
  for (const [name, there, added, operation] of [
    ['referring', reference, data, { op: 'add', path: '/spec/target/data', value: data.data }],
    ['holding', data, reference, { op: 'add', path: '/spec/target', value: { ...reference, ...data } }],
  ] as const) {
    const { status } = await admin.request('POST', collection, objectOf(UNKNOWN, name, { target: there }));
    assert.equal(status, 201);
    const path = `${collection}/${name}`;
    const [put, merge, apply] = await everyChange(admin, path, { spec: { target: added } }, { custom: true });
    const json = { method: 'PATCH', path, contentType: 'application/json-patch+json', body: [operation] };
    const inParts = [merge, apply].filter((attempt) => attempt !== undefined);
    await refusals.refusedThoughPossible(`${name}, in part`, ['ask-filled-manifests'], inParts);
    const whole = [put, json].filter((attempt) => attempt !== undefined);
    await refusals.refusedThoughPossible(`${name}, whole`, ['ask-filled-manifests', 'ask-manifests'], whole);
  }
});

test('what such a resource says of anything else is written', async () => {
  const body = { spec: { note: 'z', target: { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' } } };
  const path = `${collectionOf(UNKNOWN)}/${NAME}`;
  const { status, text } = await site
    .as('bot')
    .call('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  assert.equal(status, 200, text);
});

test('each rule about operators has refused something here', async () => {
  const text = await readFile(new URL('../policies/baseline/operators.cedar', import.meta.url), 'utf8');
  const rules = [...text.matchAll(/^@id\("([^"]+)"\)/gm)].map(([, id]) => String(id));
  assert.ok(rules.length >= 7);
  assert.deepEqual(
    rules.filter((rule) => !refusals.refusing.has(rule)),
    [],
  );
});

test('the API server has seen no write of the agent but that one, and dry runs', async (context) => {
  const writes = (await site.audit('lab')).filter(
    ({ stage, verb, requestURI }) =>
      stage === 'ResponseComplete' && !['get', 'list', 'watch'].includes(verb) && !requestURI.includes('dryRun=All'),
  );
  assert.deepEqual(
    writes.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`),
    [`patch ${UNKNOWN.plural}/${NAME}`],
  );
  await assertJoined(site, ['lab']);
  for (const { line, attempts } of refusals.tally) context.diagnostic(`${line}: ${attempts} tried`);
});
