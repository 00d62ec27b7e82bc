// SPDX-License-Identifier: Apache-2.0
import { BUSYBOX_IMAGE } from '@countersign/lab';
import { eventually } from '../installation/eventually.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { runEchoPod } from '../port-forward/echo-pod.ts';
import type { Matrix } from './matrix.ts';
import { ATTACHED_PODS, attachedPods } from './rows/sessions.ts';

/** The group of the agent `runner`. */
export const GROUP = 'countersign:runners';

const POLICIES = `
@id("runner-may-all")
permit (principal == Agent::"runner", action, resource);

@id("sessions")
@reveal
permit (principal == Agent::"runner", action in Action::"connect", resource);
`;

/** The JavaScript client impersonates a user and none of his groups; the Python client nobody in a session. */
const ITSELF = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'runner-itself' },
  subjects: [{ kind: 'User', name: 'countersign:agent:runner', apiGroup: 'rbac.authorization.k8s.io' }],
  roleRef: { kind: 'ClusterRole', name: `e2e-${GROUP.replaceAll(':', '-')}`, apiGroup: 'rbac.authorization.k8s.io' },
};

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

/**
 * A cluster with a real node, and an agent `runner` that may do everything there and sees its sessions in the clear.
 * @param webSockets whether the API server speaks WebSocket, beside SPDY
 */
export async function startNodeInstallation({ webSockets = true } = {}): Promise<Installation> {
  const site = await startInstallation({
    clusters: {
      lab: {
        node: true,
        webSockets,
        policies: POLICIES,
        rights: { [GROUP]: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
      },
    },
    agents: { runner: { clusters: { lab: [GROUP] } } },
    organisation: '// The baseline asks for countersignatures; here the clients are tested, not it.',
  });
  await site.lab('lab').admin.apply([ITSELF]);
  return site;
}

/** Makes the namespaces that rows under this id run in, with pods that run: `ports`, those to attach to, and `talker`, which ended. */
export async function givenPods(site: Installation, matrix: Matrix, id: string): Promise<void> {
  const { admin } = site.lab('lab');
  const phaseOf = async (namespace: string, name: string) =>
    (await admin.request('GET', `/api/v1/namespaces/${namespace}/pods/${name}`)).body.status?.phase;
  for (const namespace of await matrix.given(id)) {
    await admin.apply([talker(namespace), ...attachedPods(namespace)]);
    await runEchoPod(site.lab('lab'), namespace);
    await eventually('the talker has ended', async () => (await phaseOf(namespace, 'talker')) === 'Succeeded');
    for (const name of ATTACHED_PODS)
      await eventually(`${name} runs`, async () => (await phaseOf(namespace, name)) === 'Running');
  }
}
