// SPDX-License-Identifier: Apache-2.0
// A connector as the guide of one's own cluster has it: in a pod of a real node, with the token that the kubelet projects
// for its service account. There is no image of it, so the pod takes Node, its libraries and this tree from the machine,
// and as the lab has no kube-proxy, it is told where the API server is.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUSYBOX_IMAGE, type Lab, nodeSupport, startLab } from '@countersign/lab';
import { connectorAuditEvents } from './installation/audit-events.ts';
import { ask, openTunnelFixture, readJson, type TunnelFixture } from './tunnel-fixture.ts';

const support = await nodeSupport();
const noNode = 'unavailable' in support ? support.unavailable : undefined;
if (noNode !== undefined) console.log(`not run, because no node can run here (${noNode}): a connector in a pod`);

const TREE = fileURLToPath(new URL('..', import.meta.url));
const NODE_HOME = '/node';
const NAMESPACE = 'countersign';
const POD = `/api/v1/namespaces/${NAMESPACE}/pods/connector`;

/** What a pod of nothing but a static busybox lacks, as far as this machine has it there. */
const OF_THE_MACHINE = [
  { name: 'tree', from: TREE, to: TREE },
  { name: 'node', from: dirname(process.execPath), to: NODE_HOME },
  { name: 'lib', from: '/lib', to: '/lib' },
  { name: 'lib64', from: '/lib64', to: '/lib64' },
].filter(({ from }) => existsSync(from));

function connectorPod(tunnelPort: number, server: URL) {
  const files = ['--ca', '/join/ca', '--join-file', '/join/token', '--state', '/state'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'connector', namespace: NAMESPACE },
    spec: {
      serviceAccountName: 'connector',
      hostNetwork: true,
      terminationGracePeriodSeconds: 20,
      containers: [
        {
          name: 'connector',
          image: BUSYBOX_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: [join(NODE_HOME, 'node'), join(TREE, 'apps/connector/src/main.ts')],
          args: ['--gateway', `127.0.0.1:${tunnelPort}`, ...files, '--in-cluster'],
          env: [
            { name: 'KUBERNETES_SERVICE_HOST', value: server.hostname },
            { name: 'KUBERNETES_SERVICE_PORT', value: server.port },
          ],
          volumeMounts: [
            ...OF_THE_MACHINE.map(({ name, to }) => ({ name, mountPath: to, readOnly: true })),
            { name: 'join', mountPath: '/join', readOnly: true },
            { name: 'state', mountPath: '/state' },
          ],
        },
      ],
      volumes: [
        ...OF_THE_MACHINE.map(({ name, from }) => ({ name, hostPath: { path: from } })),
        { name: 'join', secret: { secretName: 'join' } },
        { name: 'state', emptyDir: {} },
      ],
    },
  };
}

describe('a connector in a pod', { skip: noNode !== undefined }, () => {
  let lab: Lab;
  let fixture: TunnelFixture;
  before(async () => {
    lab = await startLab({ name: 'pod', node: true });
    fixture = await openTunnelFixture(['lab']);
    const stringData = {
      token: await fixture.tunnels.issueJoinToken('lab'),
      ca: await readFile(join(fixture.directory, 'ca.pem'), 'utf8'),
    };
    await lab.admin.apply([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'join', namespace: NAMESPACE }, stringData },
      connectorPod(fixture.tunnels.port, new URL(lab.server)),
    ]);
  });
  after(async () => {
    await fixture?.close();
    await lab?.stop();
  });

  test('enrols, works as its service account, and ends in good order with the pod', async () => {
    await fixture.event(({ type }) => type === 'connected');
    const settings = await ask(fixture.tunnels, 'lab', '/api/v1/namespaces/demo/configmaps/settings');
    assert.equal((await readJson(settings, 200)).metadata.name, 'settings');
    const read = (await connectorAuditEvents(lab)).find(({ objectRef }) => objectRef?.name === 'settings');
    assert.deepEqual(read?.user.extra?.['authentication.kubernetes.io/pod-name'], ['connector']);

    assert.equal((await lab.admin.request('DELETE', POD)).status, 200);
    await fixture.event((event) => event.type === 'disconnected' && event.reason === 'closed-by-connector');
  });
});
