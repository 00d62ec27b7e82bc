// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Leaf } from '@countersign/evidence';
import { PoliciesError } from './policies-error.ts';
import { engine, inputOf, spell } from './policy-fixture.ts';
import { policyRecords } from './policy-records.ts';
import { type PolicyChange, PolicyStore, type PolicyStoreOptions } from './policy-store.ts';

const getPod = inputOf('GET /api/v1/namespaces/a/pods/x');
const permitReads = '@id("reads") permit (principal, action in Action::"read", resource);\n';
const forbidPods =
  '@id("no-pods") forbid (principal, action in Action::"read", resource) when { resource.resource == "pods" };\n';

interface Folder {
  readonly dir: string;
  write(path: string, text: string | Uint8Array): Promise<void>;
}

async function policyFolder(t: TestContext, files: Record<string, string>): Promise<Folder> {
  const dir = await mkdtemp(join(tmpdir(), 'policies-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const write = async (path: string, text: string | Uint8Array) => {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return { dir, write };
}

const good = { 'organisation/all.cedar': '// none\n', 'clusters/lab/reads.cedar': permitReads };

/** A store that looks at its folder only when told to. */
async function openStore(t: TestContext, dir: string, options: Partial<PolicyStoreOptions> = {}) {
  const changes: PolicyChange[] = [];
  const onChange = async (change: PolicyChange) => {
    changes.push(change);
  };
  const store = await PolicyStore.open(dir, { engine, onChange, pollMs: 3_600_000, ...options });
  t.after(() => store.close());
  return { store, changes };
}

test('a folder comes into force as a whole, and its change is told', async (t) => {
  const { dir } = await policyFolder(t, good);
  const { store, changes } = await openStore(t, dir);
  const lab = store.forCluster('lab');
  assert.equal(spell(lab.decide(getPod)), 'allow lab/reads');
  assert.equal(lab.decide(getPod).policyDigest, lab.digest);
  const [change] = changes;
  assert.ok(change?.type === 'loaded' && changes.length === 1);
  assert.equal(change.epoch, 1);
  assert.deepEqual(
    change.sets.map(({ set, files, rules, previousDigest }) => [set, files, rules, previousDigest]),
    [
      ['organisation', 1, 0, undefined],
      ['lab', 2, 1, undefined],
    ],
  );
  assert.equal(change.sets[1]?.digest, lab.digest);
});

test('what names much is decided elsewhere, and what names little at once', async (t) => {
  const { dir } = await policyFolder(t, good);
  const { store } = await openStore(t, dir);
  const lab = store.forCluster('lab');
  const asker = { agent: 'a', signal: new AbortController().signal, spendMs() {} };
  const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));
  const put = (count: number) =>
    inputOf('PUT /api/v1/namespaces/a/configmaps/x', { metadata: { name: 'x', labels: labels(count) } });
  for (const ask of [lab.decideFor, lab.dependenceFor]) {
    assert.ok(!(ask(asker, put(20)) instanceof Promise));
    const asked = ask(asker, put(100));
    assert.ok(asked instanceof Promise);
    await asked;
  }
  assert.deepEqual(await lab.decideFor(asker, put(100)), lab.decide(put(100)));
  const argv = Array.from({ length: 200 }, (_, at) => `command=${at}`).join('&');
  const exec = inputOf(`GET /api/v1/namespaces/a/pods/x/exec?stdout=1&${argv}`);
  const decided = lab.decideFor(asker, exec);
  assert.ok(decided instanceof Promise);
  assert.deepEqual(await decided, lab.decide(exec));
});

test('a cluster without a folder is undecided', async (t) => {
  const { dir } = await policyFolder(t, good);
  const { store } = await openStore(t, dir);
  const decision = store.forCluster('other').decide(inputOf('GET /api'));
  assert.equal(decision.effect, 'undecided');
  assert.match(store.forCluster('other').describe(decision), /no policies/);
});

test('a change is seen by the next request, under the next epoch', async (t) => {
  const { dir, write } = await policyFolder(t, good);
  const { store, changes } = await openStore(t, dir);
  const epochs: number[] = [];
  const stop = store.onEpoch((epoch) => epochs.push(epoch));
  const before = store.forCluster('lab');
  await write('organisation/pods.cedar', forbidPods);
  await store.reload();
  assert.equal(spell(store.forCluster('lab').decide(getPod)), 'deny organisation/no-pods');
  assert.deepEqual([epochs, store.epoch], [[2], 2]);
  assert.equal(spell(before.decide(getPod)), 'allow lab/reads', 'an exchange under way keeps its view');
  const change = changes[1];
  assert.ok(change?.type === 'loaded');
  assert.deepEqual(
    change.sets.map(({ digest, previousDigest }) => digest === previousDigest),
    [false, false],
  );
  stop();
  await rm(join(dir, 'organisation/pods.cedar'));
  await store.reload();
  assert.equal(spell(store.forCluster('lab').decide(getPod)), 'allow lab/reads');
  assert.equal(before.decide(getPod).effect, 'undecided', 'but not for ever');
  assert.deepEqual(epochs, [2]);
});

test('nothing changes where nothing changed', async (t) => {
  const { dir, write } = await policyFolder(t, good);
  const { store, changes } = await openStore(t, dir);
  await write('clusters/lab/reads.cedar', permitReads);
  await write('clusters/lab/README.md', 'about these rules');
  await store.reload();
  assert.deepEqual([store.epoch, changes.length], [1, 1]);
});

test('what was rejected and is taken back is told once, and is no new epoch', async (t) => {
  const { dir, write } = await policyFolder(t, good);
  const { store, changes } = await openStore(t, dir);
  await write('clusters/lab/x.cedar', 'permit (');
  await store.reload();
  await rm(join(dir, 'clusters/lab/x.cedar'));
  await store.reload();
  await store.reload();
  assert.deepEqual(
    changes.map(({ type }) => type),
    ['loaded', 'rejected', 'mended'],
  );
  assert.equal(store.epoch, 1);
});

test('a removed cluster has no policies any more', async (t) => {
  const { dir } = await policyFolder(t, { ...good, 'clusters/other/reads.cedar': permitReads });
  const { store, changes } = await openStore(t, dir);
  await rm(join(dir, 'clusters/other'), { recursive: true });
  await store.reload();
  assert.equal(store.forCluster('other').decide(getPod).effect, 'undecided');
  assert.deepEqual(changes[1]?.type === 'loaded' && changes[1].removed, ['other']);
});

const broken: [name: string, path: string, text: string | Uint8Array, problem: RegExp][] = [
  ['a syntax error', 'clusters/lab/x.cedar', 'permit (\n\n  principal, oops', /^lab\/x\.cedar:3: /],
  [
    'an unknown action',
    'clusters/lab/x.cedar',
    '\n@id("x") permit (principal, action == Action::"got", resource);',
    /x\.cedar:2 rule x: unrecognized action/,
  ],
  [
    'an unknown attribute',
    'organisation/x.cedar',
    'forbid (principal, action == Action::"get", resource)\nwhen { resource.namespce == "a" };',
    /^organisation\/x\.cedar:2 rule x\.cedar#1: .*did you mean `namespace`/,
  ],
  [
    'a rule that can match nothing',
    'organisation/x.cedar',
    'forbid (principal, action == Action::"non-resource", resource is Resource);',
    /unable to find an applicable action|impossible/,
  ],
  [
    'a condition that may not hold',
    'organisation/x.cedar',
    'forbid (principal, action in Action::"write", resource) when { context.object.privileged };',
    /attribute `object`/,
  ],
  [
    'a misspelt annotation',
    'organisation/x.cedar',
    '@id("x") @aproval("ops") forbid (principal, action, resource);',
    /unknown annotation @aproval/,
  ],
  ['a template', 'organisation/x.cedar', 'forbid (principal == ?principal, action, resource);', /templates/],
  [
    'an id twice',
    'clusters/lab/x.cedar',
    '@id("reads") forbid (principal, action, resource);',
    /another rule has this @id: reads\.cedar, line 1/,
  ],
  ['an empty file', 'organisation/all.cedar', '\n', /the file is empty/],
  ['bytes that are not UTF-8', 'organisation/x.cedar', new Uint8Array([0xff]), /not UTF-8/],
  ['a file of another kind', 'organisation/x.ceder', forbidPods, /not expected here/],
  ['a folder of another name', 'organization/x.cedar', forbidPods, /not expected here/],
  ['a folder in a set', 'organisation/more.cedar/x.cedar', forbidPods, /more\.cedar: is no file/],
  ['a cluster of an impossible name', 'clusters/Lab/x.cedar', forbidPods, /not the name of a cluster/],
  ['a cluster called organisation', 'clusters/organisation/x.cedar', forbidPods, /not the name of a cluster/],
  ['a file that is too large', 'organisation/x.cedar', '/'.repeat(1024 * 1024 + 1), /longer than 1048576 bytes/],
  [
    'a rule that nests too deep',
    'organisation/x.cedar',
    `forbid (principal, action, resource) when { ${'('.repeat(50_000)}true${')'.repeat(50_000)} };`,
    /broke off/,
  ],
];

for (const [name, path, text, problem] of broken) {
  test(`${name} is rejected, and the last good policies stay`, async (t) => {
    const { dir, write } = await policyFolder(t, good);
    const { store, changes } = await openStore(t, dir);
    await write(path, text);
    await write('clusters/lab/all.cedar', '@id("shut") forbid (principal, action, resource);');
    await store.reload();
    await store.reload();
    assert.equal(spell(store.forCluster('lab').decide(getPod)), 'allow lab/reads', 'not even the valid part is used');
    const rejected = changes[1];
    assert.ok(rejected?.type === 'rejected' && changes.length === 2, 'told once');
    assert.deepEqual([rejected.epoch, rejected.digest], [1, store.digest]);
    const [record] = policyRecords(rejected);
    assert.ok(record && 'sealed' in record);
    assert.match(record.sealed?.problem?.split('\n')[0] ?? '', problem);
    await assert.rejects(
      PolicyStore.open(dir, { engine, onChange: async () => undefined }),
      (error) => error instanceof PoliciesError && error.code === 'ERR_POLICIES_INVALID' && error.problems.length > 0,
    );
  });
}

test('without an organisation set nothing starts', async (t) => {
  const { dir } = await policyFolder(t, { 'clusters/lab/reads.cedar': permitReads });
  const onChange = async () => undefined;
  await assert.rejects(PolicyStore.open(dir, { engine, onChange }), /organisation: is not there/);
});

test('what could not be told is not in force', async (t) => {
  const { dir, write } = await policyFolder(t, good);
  let works = true;
  const { store } = await openStore(t, dir, {
    onChange: async () => {
      if (!works) throw new Error('the log failed');
    },
  });
  await write('organisation/pods.cedar', forbidPods);
  works = false;
  await assert.rejects(store.reload(), /the log failed/);
  assert.deepEqual([store.epoch, spell(store.forCluster('lab').decide(getPod))], [1, 'allow lab/reads']);
  works = true;
  await store.reload();
  assert.deepEqual([store.epoch, spell(store.forCluster('lab').decide(getPod))], [2, 'deny organisation/no-pods']);
});

function loadedOnce(): { changed: Promise<PolicyChange>; onChange: PolicyStoreOptions['onChange'] } {
  const { promise, resolve } = Promise.withResolvers<PolicyChange>();
  let first = true;
  const onChange = async (change: PolicyChange) => {
    if (first) first = false;
    else resolve(change);
  };
  return { changed: promise, onChange };
}

for (const [how, pollMs] of [
  ['by a notice of the system', 3_600_000],
  ['by looking from time to time', 20],
] as const) {
  test(`a change of the folder is noticed ${how}`, async (t) => {
    const { dir, write } = await policyFolder(t, good);
    const { changed, onChange } = loadedOnce();
    const { store } = await openStore(t, dir, { onChange, pollMs, settleMs: 10 });
    await write('organisation/pods.cedar', forbidPods);
    assert.equal((await changed).type, 'loaded');
    await store.reload();
    assert.equal(spell(store.forCluster('lab').decide(getPod)), 'deny organisation/no-pods');
  });
}

test('a folder that is swapped behind a symbolic link is noticed, as a mounted ConfigMap is', async (t) => {
  const { dir: root } = await policyFolder(t, {});
  const one = await policyFolder(t, good);
  const two = await policyFolder(t, { ...good, 'organisation/pods.cedar': forbidPods });
  await symlink(one.dir, join(root, 'current'));
  const { changed, onChange } = loadedOnce();
  const { store } = await openStore(t, join(root, 'current'), { onChange, pollMs: 20, settleMs: 10 });
  await symlink(two.dir, join(root, 'next'));
  await rename(join(root, 'next'), join(root, 'current'));
  const change = await changed;
  assert.ok(change.type === 'loaded');
  await store.reload();
  assert.equal(store.digest, change.digest);
});

test('hidden files, backups, cases and prose are passed over', async (t) => {
  const { dir, write } = await policyFolder(t, good);
  for (const name of ['.x.cedar.swp', 'x.cedar~', 'x.test.yaml', 'README.md']) await write(`organisation/${name}`, '(');
  await cp(join(dir, 'clusters'), join(dir, '.old'), { recursive: true });
  const { store } = await openStore(t, dir);
  assert.equal(store.forCluster('lab').decide(getPod).effect, 'allow');
});

test('a closed store decides nothing and reads nothing', async (t) => {
  const { dir } = await policyFolder(t, good);
  const { store } = await openStore(t, dir);
  const lab = store.forCluster('lab');
  await store.close();
  assert.equal(lab.decide(getPod).effect, 'undecided');
  await assert.rejects(
    store.reload(),
    (error) => error instanceof PoliciesError && error.code === 'ERR_POLICIES_CLOSED',
  );
});

const envelope = {
  v: 1,
  id: '0190a5f0-0000-7000-8000-000000000000',
  ts: '2026-01-05T12:00:00.000000Z',
  gateway: 'gateway',
  epoch: 1,
};

test('changes make records that the schema of the log takes', async (t) => {
  const { dir, write } = await policyFolder(t, { ...good, 'clusters/other/reads.cedar': permitReads });
  const { store, changes } = await openStore(t, dir);
  await rm(join(dir, 'clusters/other'), { recursive: true });
  await write('clusters/lab/more.cedar', forbidPods);
  await store.reload();
  await write('clusters/lab/more.cedar', '(');
  await store.reload();
  const records = changes.map(policyRecords);
  assert.deepEqual(
    records.map((list) => list.map((record) => record.type === 'policy.loaded' && [record.set, record.files])),
    [
      [
        ['organisation', 1],
        ['lab', 2],
        ['other', 2],
      ],
      [
        ['lab', 3],
        ['other', 0],
      ],
      [false],
    ],
  );
  for (const record of records.flat()) {
    const { sealed: _, ...leaf } = record;
    const parsed = Leaf.safeParse({ ...leaf, ...envelope });
    assert.ok(parsed.success, parsed.error?.message ?? '');
  }
});
