// SPDX-License-Identifier: Apache-2.0
// APIs that the API server itself knows nothing of: an aggregated API server's, and a custom resource's.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { spellingsOf } from './fixtures/spellings.ts';
import { untilDiscovered } from './fixtures/until-discovered.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const WARDLE = '/apis/wardle.example.com/v1alpha1';
const FLUNDERS = `${WARDLE}/namespaces/demo/flunders`;
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const POLICIES = `
@id("keeper-reads")
permit (principal == Agent::"keeper", action in Action::"read", resource);

@id("keeper-writes-demo")
permit (principal == Agent::"keeper", action in Action::"write", resource in Namespace::"demo");

@id("keeper-keeps-the-last")
forbid (principal == Agent::"keeper", action == Action::"delete", resource)
when { resource.group == "wardle.example.com" && resource.name == "last" };
`;

let site: Installation;
let keeper: Caller;

before(async () => {
  site = await startInstallation({
    clusters: {
      lab: {
        aggregatedApi: true,
        policies: POLICIES,
        rights: {
          'countersign:keepers': [
            { apiGroups: ['wardle.example.com'], resources: ['flunders'], verbs: ['*'] },
            { apiGroups: ['shop.example.com'], resources: ['*'], verbs: ['*'] },
          ],
        },
      },
    },
    agents: { keeper: { clusters: { lab: ['countersign:keepers'] } } },
    openGroups: ['wardle.example.com', 'shop.example.com'],
  });
  keeper = site.as('keeper');
});
after(() => site?.stop());

/** Runs kubectl, which must succeed. */
async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await keeper.kubectl(...args);
  assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function flunder(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Flunder', metadata: { name, labels }, spec: {} };
}

test('an aggregated API is discovered', async () => {
  const found = await kubectl('api-resources', '--api-group=wardle.example.com', '-o', 'name');
  assert.deepEqual(found.split('\n').toSorted(), ['fischers.wardle.example.com', 'flunders.wardle.example.com']);
  const versions = await kubectl('api-versions');
  for (const version of ['v1alpha1', 'v1beta1'])
    assert.match(versions, new RegExp(`^wardle.example.com/${version}$`, 'm'));
  assert.match(await kubectl('explain', 'flunders', '--api-version=wardle.example.com/v1alpha1'), /KIND: +Flunder/);
  const { status, json } = await keeper.call('GET', WARDLE);
  assert.equal(status, 200);
  assert.ok(json.resources.some(({ name }: { readonly name: string }) => name === 'flunders'));
});

test('its objects are created, read, watched, changed and deleted, and none of it past policy', async () => {
  const watch = await keeper.open('GET', `${FLUNDERS}?watch=true`);
  assert.equal(watch.status, 200);
  await kubectl('create', '-f', await site.file('one.json', flunder('one')));
  await kubectl('apply', '--server-side', '-f', await site.file('last.json', flunder('last', { kept: 'yes' })));
  assert.match(await kubectl('get', 'flunders'), /^NAME +CREATED AT\nlast .*\none /);
  assert.equal(await kubectl('get', 'flunders', '-l', 'kept=yes', '-o', 'name'), 'flunder.wardle.example.com/last');
  await kubectl('label', 'flunder', 'one', 'size=small');
  assert.equal(await kubectl('get', 'flunder', 'one', '-o', 'jsonpath={.metadata.labels.size}'), 'small');
  await kubectl('delete', 'flunder', 'one');
  const refused = await keeper.kubectl('delete', 'flunder', 'last');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Forbidden.*keeper-keeps-the-last/s);
  await watch.lines.find((line) => line.includes('"DELETED"'));
  watch.close();
  const events = watch.lines.all.map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ type, object }) => `${type} ${object.metadata.name}`),
    ['ADDED one', 'ADDED last', 'MODIFIED one', 'DELETED one'],
  );
  const list = await keeper.call('GET', `${WARDLE}/flunders`);
  assert.equal(list.status, 200);
  assert.deepEqual(
    list.json.items.map(({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name),
    ['last'],
  );
});

test('its other version has the same objects', async () => {
  const { status, json } = await keeper.call('GET', FLUNDERS.replace('v1alpha1', 'v1beta1'));
  assert.equal(status, 200);
  assert.equal(json.apiVersion, 'wardle.example.com/v1beta1');
  assert.equal(json.items.length, 1);
});

test('what it refuses itself is told in its own words', async () => {
  const banned = { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Fischer', metadata: { name: 'strict' } };
  const { admin } = site.lab('lab');
  const made = await admin.request('POST', `${WARDLE}/fischers`, { ...banned, disallowedFlunders: ['rude'] });
  assert.equal(made.status, 201);
  const refused = await keeper.call('POST', FLUNDERS, { body: flunder('rude') });
  assert.equal(refused.status, 403);
  assert.match(refused.json.message, /this name may not be used/);
  const denied = await keeper.call('GET', `${WARDLE}/fischers`);
  assert.equal(denied.status, 403);
  assert.match(denied.json.message, /"countersign:agent:keeper" cannot list resource "fischers"/);
  const wanted = await keeper.call('GET', FLUNDERS, { headers: { accept: 'application/vnd.kubernetes.protobuf' } });
  assert.deepEqual([wanted.status, wanted.json.kind], [200, 'FlunderList']);
});

/** A definition as an operator of a shop writes it: one of the columns that kubectl prints is a password. */
async function givenVaults(): Promise<void> {
  const spec = { type: 'object', properties: { keeper: { type: 'string' }, password: { type: 'string' } } };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
    additionalPrinterColumns: [
      { name: 'Keeper', type: 'string', jsonPath: '.spec.keeper' },
      { name: 'Password', type: 'string', jsonPath: '.spec.password' },
    ],
  };
  const names = { plural: 'vaults', singular: 'vault', kind: 'Vault', listKind: 'VaultList' };
  const definition = {
    metadata: { name: 'vaults.shop.example.com' },
    spec: { group: 'shop.example.com', scope: 'Namespaced', names, versions: [version] },
  };
  const { admin } = site.lab('lab');
  assert.equal((await admin.request('POST', CRD, definition)).status, 201);
  await eventually(
    'vaults are served',
    async () => (await admin.request('GET', '/apis/shop.example.com/v1/vaults')).status === 200,
  );
  await untilDiscovered(site.lab('lab'), 'vaults.shop.example.com');
}

test('custom resources are discovered, written and listed with the columns of their definition', async () => {
  await givenVaults();
  const vault = {
    apiVersion: 'shop.example.com/v1',
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { keeper: 'ada' },
  };
  const file = await site.file('vault.json', vault);
  assert.match(await kubectl('apply', '-f', file), /vault.shop.example.com\/main created/);
  assert.match(await kubectl('apply', '-f', file), /vault.shop.example.com\/main unchanged/);
  assert.match(await kubectl('get', 'vaults'), /^NAME +KEEPER +PASSWORD\nmain +ada/);
  const patch = ['patch', 'vault', 'main', '--type=merge', '-p', '{"spec":{"keeper":"bob"}}'];
  assert.match(await kubectl(...patch), /patched/);
  assert.equal(await kubectl('get', 'vault', 'main', '-o', 'jsonpath={.spec.keeper}'), 'bob');
  const watch = await keeper.startKubectl('get', 'vaults', '-w', '-o', 'json');
  await watch.stdout.find((line) => line.includes('"bob"'));
  await watch.kill();
  await kubectl('delete', 'vault', 'main');
});

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/;

/** A canary, in an object where the path of the collection says who serves it. */
interface Kept {
  readonly collection: string;
  /** As kubectl calls it. */
  readonly resource: string;
  readonly canary: string;
  readonly object: object;
}

function keptBy(collection: string, resource: string, objectOf: (canary: string) => object): Kept {
  const canary = `Canary-${randomBytes(9).toString('hex')}`;
  return { collection, resource, canary, object: objectOf(canary) };
}

/** A Flunder has no field for a password: its texts may hold one, and its annotations. */
const kept: readonly Kept[] = [
  keptBy('/apis/shop.example.com/v1/namespaces/demo/vaults', 'vaults.shop.example.com', (password) => ({
    apiVersion: 'shop.example.com/v1',
    kind: 'Vault',
    metadata: { name: 'safe' },
    spec: { keeper: 'eve', password },
  })),
  keptBy(FLUNDERS, 'flunders.wardle.example.com', (token) => ({
    ...flunder('safe'),
    metadata: { name: 'safe', annotations: { 'example.org/api-token': token } },
  })),
  keptBy(FLUNDERS, 'flunders.wardle.example.com', (password) => ({
    ...flunder('kept'),
    spec: { reference: `https://shop:${password}@flunders.demo`, referenceType: 'Flunder' },
  })),
];

for (const { collection, resource, canary, object } of kept) {
  const { name } = (object as { readonly metadata: { readonly name: string } }).metadata;

  const assertMasked = (what: string, text: string) => {
    for (const spelling of spellingsOf(canary)) assert.ok(!text.includes(spelling), `${what} shows it: ${text}`);
    assert.match(text, MASK, what);
  };

  test(`${name} of ${resource} shows its value nowhere: as JSON, in tables, in a watch`, async () => {
    const { admin } = site.lab('lab');
    const watches = await Promise.all(
      ['application/json', `${TABLE},application/json`].map((accept) =>
        keeper.open('GET', `${collection}?watch=true`, { headers: { accept } }),
      ),
    );
    const made = await admin.request('POST', collection, object);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.ok(JSON.stringify(made.body).includes(canary), 'the API server itself shows it');
    for (const target of [collection, `${collection}/${name}`]) {
      for (const accept of ['application/json', TABLE]) {
        const { status, text } = await keeper.call('GET', `${target}?includeObject=Object`, { headers: { accept } });
        assert.equal(status, 200, text);
        assertMasked(`${accept} of ${target}`, text);
      }
    }
    for (const watch of watches) {
      assertMasked('a watch', (await watch.lines.find((line) => line.includes(`"name":"${name}"`))) ?? '');
      watch.close();
    }
    assertMasked('kubectl', await kubectl('get', resource, name, '-o', 'yaml'));
    for (const format of ['wide', 'json']) {
      const watch = await keeper.startKubectl('get', resource, name, '-w', '-o', format);
      await watch.stdout.find((line) => line.includes(name));
      await watch.kill();
      const shown = watch.stdout.all.join('\n');
      for (const spelling of spellingsOf(canary)) assert.ok(!shown.includes(spelling), shown);
    }
  });
}

test('a column that shows a password shows a mask', async () => {
  assert.match(
    await kubectl('get', 'vaults', 'safe'),
    /^NAME +KEEPER +PASSWORD\nsafe +eve +masked-v1-cell-[a-z2-7]{26}/,
  );
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both > 30, `${both}`);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
