// SPDX-License-Identifier: Apache-2.0
// As matrix.test.ts, for what needs pods that run.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUSYBOX_IMAGE, clientPackageDir, clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { buildGo } from '../fixtures/build-go.ts';
import { assertJoined } from '../installation/assert-joined.ts';
import { eventually } from '../installation/eventually.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { runEchoPod } from '../port-forward/echo-pod.ts';
import { Matrix } from './matrix.ts';
import { NODE } from './rows/node.ts';
import { STREAMS } from './rows/streams.ts';
import type { Programs } from './side.ts';

const CLIENT_GO = fileURLToPath(new URL('./client-go', import.meta.url));
const GROUP = 'countersign:runners';
const ID = 'node';
const support = await nodeSupport();

/** Says three lines and ends. */
function talker(namespace: string) {
  const command = ['/bin/sh', '-c', 'echo one; echo two; echo three'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: 'talker', labels: { app: 'talker' } },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: 'robot',
      automountServiceAccountToken: false,
      containers: [{ name: 'talker', image: BUSYBOX_IMAGE, imagePullPolicy: 'IfNotPresent', command }],
    },
  };
}

suite('on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  let site: Installation;
  let matrix: Matrix;
  let programs: Programs;

  before(async () => {
    site = await startInstallation({
      clusters: {
        lab: {
          node: true,
          policies: `
            @id("runner-may-all") permit (principal == Agent::"runner", action, resource);
            @id("sessions") @reveal permit (principal == Agent::"runner", action in Action::"connect", resource);
          `,
          rights: { [GROUP]: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
        },
      },
      agents: { runner: { clusters: { lab: [GROUP] } } },
      organisation: '// The baseline asks for countersignatures; here the clients are tested, not it.',
    });
    const { kubectl } = await clientPrograms(clientPackageDir(), labCacheDir());
    const clientGo = await buildGo(CLIENT_GO, site.dir, 'client-go');
    programs = { kubectl: [kubectl], 'client-go': [clientGo] };
    matrix = await Matrix.open(site, 'runner', GROUP);
    const { admin } = site.lab('lab');
    const namespaces = await matrix.given(ID);
    await admin.apply(namespaces.map(talker));
    for (const namespace of namespaces) {
      await runEchoPod(site.lab('lab'), namespace);
      await eventually('the talker has ended', async () => {
        const { body } = await admin.request('GET', `/api/v1/namespaces/${namespace}/pods/talker`);
        return body.status?.phase === 'Succeeded';
      });
    }
  });
  after(() => site?.stop());

  for (const row of [...NODE, ...STREAMS]) test(row.name, () => matrix.check(row.program, row, ID, programs, false));

  test('what was run', async (context) => {
    for (const { row, commands, bytes } of matrix.reports) {
      context.diagnostic(`${row.padEnd(44)} ${commands} commands, ${bytes} bytes: equal`);
    }
    assert.equal(matrix.reports.length, NODE.length + STREAMS.length);
    const { both } = await assertJoined(site, ['lab']);
    assert.ok(both > 20, `${both}`);
  });
});
