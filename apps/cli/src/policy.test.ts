// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command-fixture.ts';

const shipped = fileURLToPath(new URL('../../../policies', import.meta.url));
let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-policy-'));
  await mkdir(join(dir, 'policies', 'clusters'), { recursive: true });
  const filter = (file: string) => !file.endsWith('.test.yaml');
  await cp(join(shipped, 'baseline'), join(dir, 'policies', 'organisation'), { recursive: true, filter });
  await cp(join(shipped, 'examples', 'lab'), join(dir, 'policies', 'clusters', 'lab'), {
    recursive: true,
    filter: (file) => !file.endsWith('.test.yaml'),
  });
});
after(() => rm(dir, { recursive: true }));

const run = (...args: readonly string[]) => runCommand('policy', ...args);

async function write(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

test('check: good policies, in words and as JSON', async () => {
  const words = await run('check', join(dir, 'policies'));
  assert.deepEqual([words.exitCode, words.err], [0, '']);
  assert.match(words.out, /lab: \d+ rules in \d+ files, sha256:[0-9a-f]{64}\n/);
  const { sets, problems } = JSON.parse((await run('check', join(dir, 'policies'), '-o', 'json')).out);
  assert.deepEqual([sets.map(({ set }: { set: string }) => set), problems], [['organisation', 'lab'], []]);
});

test('check: everything that is wrong, with file, line and rule', async () => {
  await write('bad/organisation/a.cedar', '// nothing');
  await write('bad/clusters/lab/a.cedar', '\n@id("a") permit (principal, action == Action::"got", resource);');
  await write('bad/clusters/lab/b.cedar', 'permit (');
  const { exitCode, err, out } = await run('check', join(dir, 'bad'));
  assert.deepEqual([exitCode, out], [1, '']);
  assert.match(err, /lab\/a\.cedar:2 rule a: unrecognized action/);
  assert.match(err, /lab\/b\.cedar:1: /);
  const json = await run('check', join(dir, 'bad'), '-o', 'json');
  assert.deepEqual([json.exitCode, JSON.parse(json.out).problems.length], [1, 2]);
});

test('test: the shipped cases pass', async () => {
  const { exitCode, out, err } = await run('test', shipped);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(out, /baseline\.test\.yaml: (\d+) of \1 passed/);
});

const failing = `
agents: { reporter: }
cases:
  - { name: reads, as: reporter, cluster: lab, request: GET /api/v1/namespaces/demo/pods, expect: allow }
  - { name: rules, as: reporter, cluster: lab, request: GET /api/v1/namespaces/demo/pods, expect: deny, rules: [lab/x] }
`;

test('test: a case that fails says what came instead', async () => {
  const file = await write('policies/clusters/lab/failing.test.yaml', failing);
  const { exitCode, out, err } = await run('test', file);
  assert.equal(exitCode, 1);
  assert.match(err, /1 of 2 cases failed/);
  assert.match(
    out,
    /FAILED rules: expected deny, got allow; rule lab\/x took no part\n +allow: allowed by rule reporter-reads-demo of lab/,
  );
  const json = JSON.parse((await run('test', file, '-o', 'json')).out);
  assert.deepEqual([json.passed, json.failed, json.files[0].results[1].passed], [1, 1, false]);
});

const unusable: [name: string, text: string, problem: RegExp][] = [
  ['no YAML', 'cases: [', /is not YAML/],
  ['no cases', 'cases: []', /cases must have a case/],
  [
    'an unknown field',
    'agents: {a: }\ncases: [{name: x, as: a, cluster: lab, request: GET /api, expects: allow, expect: allow}]',
    /cases\[0\]\.expects is not a field/,
  ],
  [
    'nobody of that name',
    'cases: [{name: x, as: a, cluster: lab, request: GET /api, expect: allow}]',
    /cases\[0\]\.as names nobody/,
  ],
  [
    'a request that cannot be read',
    'agents: {a: }\ncases: [{name: x, as: a, cluster: lab, request: GET /api//x, expect: allow}]',
    /cases\[0\]\.request can't be read/,
  ],
  [
    'no such effect',
    'agents: {a: }\ncases: [{name: x, as: a, cluster: lab, request: GET /api, expect: yes}]',
    /cases\[0\]\.expect must be one of/,
  ],
  [
    'a cluster without policies',
    'agents: {a: }\ncases: [{name: x, as: a, cluster: other, request: GET /api, expect: deny}]',
    /no policies for cluster other/,
  ],
];

for (const [name, text, problem] of unusable) {
  test(`test: a file with ${name} is refused`, async () => {
    const file = await write('policies/clusters/lab/unusable.test.yaml', text);
    const { exitCode, err } = await run('test', file);
    assert.equal(exitCode, 2);
    assert.match(err, problem);
  });
}

test('test: nothing to run is not a pass', async () => {
  assert.equal((await run('test', join(dir, 'policies', 'organisation'))).exitCode, 2);
  assert.equal((await run('test', join(dir, 'none'))).exitCode, 2);
});

const explain = (...args: readonly string[]) =>
  run('explain', '--policies', join(dir, 'policies'), '--cluster', 'lab', ...args);

test('explain: the pages show what it says of the policies that ship, under the digest that refusals name', async () => {
  const page = (name: string) => readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), 'utf8');
  const { out } = await explain('--agent', 'reporter', 'DELETE', '/api/v1/namespaces/demo/configmaps/settings');
  const guide = page('docs/guides/first-agent.md');
  assert.ok(guide.includes(`\`\`\`text\n${out}\`\`\``), out);
  const [digest = ''] = /(?<=sha256:)[0-9a-f]{12}/.exec(out) ?? [];
  const shown = [
    ...guide.matchAll(/, policy ([0-9a-f]+)\]/g),
    ...page('README.md').matchAll(/, policy ([0-9a-f]+)\]/g),
  ];
  assert.deepEqual(
    shown.map(([, one]) => one),
    [digest, digest],
  );
});

test('explain: allowed, masked', async () => {
  const { exitCode, out } = await explain('--agent', 'reporter', 'GET', '/api/v1/namespaces/demo/secrets/x');
  assert.equal(exitCode, 0);
  assert.match(out, /^Allowed: agent reporter, get secrets x in namespace demo on cluster lab: /);
  assert.match(out, /permitted by rule reporter-reads-demo of lab \(reporter\.cedar, line \d+\)/);
  assert.match(out, /values come masked/);
});

test('explain: what a permit alone does not let through a session is told', async () => {
  const open = join(dir, 'open');
  await mkdir(join(open, 'organisation'), { recursive: true });
  await mkdir(join(open, 'clusters', 'lab'), { recursive: true });
  await writeFile(join(open, 'organisation', 'none.cedar'), '// nothing');
  await writeFile(join(open, 'clusters', 'lab', 'all.cedar'), '@id("all") permit (principal, action, resource);');
  const of = async (...request: readonly string[]) =>
    (await run('explain', '--policies', open, '--cluster', 'lab', '--agent', 'a', ...request)).out;
  assert.match(await of('GET', '/api/v1/namespaces/demo/pods/web/exec?command=id'), /prints comes masked; an archive/);
  assert.match(await of('GET', '/api/v1/namespaces/demo/pods/web/portforward'), /it is refused all the same/);
});

test('explain: denied by a rule, with its reason and what it may do instead', async () => {
  const { out } = await explain('--agent', 'reporter', 'delete', '/api/v1/namespaces/demo/configmaps/x');
  assert.match(out, /^Denied: .*rule reporter-deletes-nothing of lab \(A report never needs a delete/);
  assert.match(out, /on the same target it may: get, update, patch/);
});

test('explain: denied for want of a permit, as JSON', async () => {
  const { out } = await explain('--human', 'ada', 'GET', '/api/v1/pods', '-o', 'json');
  const { decision, explanation } = JSON.parse(out);
  assert.deepEqual([decision.effect, decision.reason], ['deny', 'no-permit']);
  assert.match(explanation.change[0], /a permit that covers human ada: list pods on cluster lab/);
});

test('explain: a body is judged', async () => {
  const file = await write('pod.yaml', 'kind: Pod\nspec:\n  hostNetwork: true\n');
  const { out } = await explain('--agent', 'reporter', '-f', file, 'POST', '/api/v1/namespaces/demo/pods');
  assert.match(out, /rule no-host-access of organisation/);
});

test('explain: wrong usage and missing files have their exit codes', async () => {
  const target = '/api/v1/pods';
  assert.equal((await explain('GET', target)).exitCode, 3);
  assert.equal((await explain('--agent', 'a', '--human', 'b', 'GET', target)).exitCode, 3);
  assert.equal((await explain('--agent', 'a', 'GET', '/api//v1')).exitCode, 3);
  assert.equal((await explain('--agent', 'a', '--at', 'noon', 'GET', target)).exitCode, 3);
  assert.equal((await explain('--agent', 'a', '--from', 'here', 'GET', target)).exitCode, 3);
  assert.equal((await explain('--agent', 'a', '-f', join(dir, 'none'), 'POST', target)).exitCode, 2);
  assert.equal(
    (await run('explain', '--policies', join(dir, 'bad'), '--cluster', 'lab', '--agent', 'a', 'GET', target)).exitCode,
    1,
  );
});
