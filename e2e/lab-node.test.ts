// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Lab, startLab } from '@countersign/lab';
import { type KubectlResult, runKubectl } from './fixtures/kubectl.ts';
import { type OwnedLab, startOwnedLab } from './fixtures/lab-owner.ts';
import { eventually } from './installation/eventually.ts';

const home = mkdtempSync(join(tmpdir(), 'countersign-e2e-node-'));
let lab: Lab;
let other: OwnedLab;

before(async () => {
  [lab, other] = await Promise.all([
    startLab({ dir: join(home, 'one'), name: 'one', node: true }),
    startOwnedLab(join(home, 'two'), 'two', true),
  ]);
});
after(async () => {
  other?.kill();
  await other?.gone();
  await lab?.stop();
  rmSync(home, { recursive: true, force: true });
});

type Described = Pick<Lab, 'kubectl' | 'adminKubeconfig'>;

function kubectl({ kubectl: program, adminKubeconfig }: Described, ...args: string[]): Promise<KubectlResult> {
  return runKubectl(program, adminKubeconfig, ['--namespace', 'demo', ...args]);
}

function addressOf(node: Lab['node']): string {
  assert.ok('address' in node);
  return node.address;
}

function hasAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === address));
}

test('the seeded pod of each of two labs runs, on nodes and pod addresses of their own', async () => {
  assert.notEqual(addressOf(lab.node), addressOf(other.lab.node));
  const podAddress = ['get', 'pod', 'web', '-o', 'jsonpath={.status.phase} {.status.podIP}'];
  const [one, two] = await Promise.all([kubectl(lab, ...podAddress), kubectl(other.lab, ...podAddress)]);
  assert.match(one.stdout, /^Running 10\.251\.\d+\.\d+$/);
  assert.match(two.stdout, /^Running 10\.251\.\d+\.\d+$/);
  assert.notEqual(one.stdout, two.stdout);
});

test('logs come back, whole and followed', async () => {
  await eventually('the pod has written', async () =>
    /order 1 shipped/.test((await kubectl(lab, 'logs', 'web')).stdout),
  );
  const followed = await kubectl(lab, 'logs', 'web', '--follow', '--limit-bytes=120');
  assert.equal(followed.stdout.length, 120);
});

test('exec runs in the pod, over WebSocket and over SPDY, and its exit code arrives', async () => {
  for (const protocol of ['true', 'false']) {
    const args = ['-n', 'demo', 'exec', 'web', '--', 'sh', '-c', 'hostname; exit 7'];
    const settings = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: protocol };
    const result = await runKubectl(lab.kubectl, lab.adminKubeconfig, args, settings);
    assert.equal(result.stdout, 'web\n');
    assert.equal(result.code, 7);
  }
});

test('a deployment is rolled out by the controllers, the scheduler and the kubelet', async () => {
  const create = ['create', 'deployment', 'more', '--image=docker.io/lab/busybox:1', '--', 'sleep', '600'];
  assert.equal((await kubectl(lab, ...create)).code, 0);
  const rollout = await kubectl(lab, 'rollout', 'status', 'deployment/more', '--timeout=45s');
  assert.match(rollout.stdout, /successfully rolled out/);
});

test('killing the owner of one lab takes its node away and leaves the other alone', async () => {
  const address = addressOf(other.lab.node);
  assert.ok(hasAddress(address));
  other.kill();
  await other.gone();
  assert.equal(hasAddress(address), false);
  assert.equal((await kubectl(lab, 'exec', 'web', '--', 'true')).code, 0);
  other = await startOwnedLab(join(home, 'two'), 'two', true);
  await eventually('the pod of the next one writes', async () =>
    /order 1 shipped/.test((await kubectl(other.lab, 'logs', 'web')).stdout),
  );
});

test('a stopped lab leaves no address, interface or cgroup', async () => {
  const third = await startLab({ name: 'three', node: true });
  const address = addressOf(third.node);
  const { body: pod } = await third.admin.request('GET', '/api/v1/namespaces/demo/pods/web');
  const gateway = pod.status.podIP.replace(/\d+$/, '1');
  const container = pod.status.containerStatuses[0].containerID.replace('containerd://', '');
  assert.ok(hasAddress(address) && hasAddress(gateway) && cgroupsOf(container).length > 0);
  await third.stop();
  assert.deepEqual([hasAddress(address), hasAddress(gateway), cgroupsOf(container)], [false, false, []]);
});

/** The cgroups of a container, in the one hierarchy of version 2 or the several of version 1. */
function cgroupsOf(container: string): string[] {
  const root = '/sys/fs/cgroup';
  return ['.', ...readdirSync(root)]
    .map((name) => join(root, name, 'k8s.io', container))
    .filter((path) => existsSync(path));
}
