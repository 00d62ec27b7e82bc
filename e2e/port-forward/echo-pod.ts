// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { eventually } from '../installation/eventually.ts';

/** Says back what it is told. */
export const ECHO = 8080;
/** Says `hello` and closes. */
export const GREETING = 9090;
/** Says back what it is told, for those whom policy lets. */
export const FORBIDDEN = 2222;
/** Nobody listens there. */
export const SILENT = 7070;

/** Runs a pod `ports` whose ports answer. */
export async function runEchoPod({ admin }: Lab, namespace = 'demo'): Promise<void> {
  const listen = (port: number, program: string) => `nc -ll -p ${port} -e ${program} &`;
  const script = [
    listen(ECHO, 'cat'),
    listen(GREETING, 'echo hello'),
    listen(FORBIDDEN, 'cat'),
    'echo ready; wait',
  ].join('\n');
  await admin.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'ports', namespace },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'docker.io/lab/busybox:1', command: ['sh', '-c', script] }],
      },
    },
  ]);
  await eventually('the pod answers', async () => {
    const { body } = await admin.request('GET', `/api/v1/namespaces/${namespace}/pods/ports/log`);
    return typeof body === 'string' && body.includes('ready');
  });
}
