// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientPrograms, NodeSupport } from '@countersign/lab';
import { ClientProcess } from '../clients/client-process.ts';
import { untilDiscovered } from '../fixtures/until-discovered.ts';
import { AS_MUCH_AS_THERE_IS } from '../installation/config-file.ts';
import { eventually } from '../installation/eventually.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { releaseValue } from './canaries.ts';
import { CHART, DEFINITION, OBJECTS, RELEASES, talker, UNAPPLIED } from './planted.ts';

const GROUP = 'countersign:all';
const EVERYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const POLICIES = `
@id("everything") permit (principal == Agent::"agent", action, resource);
@id("all-of-it") @reveal permit (principal == Agent::"owner", action, resource);
`;

/** Starts a cluster whose namespace `demo` holds the canaries; agent `agent` may do all there, and `owner` sees all. */
export async function startCanaries(clients: ClientPrograms, support: NodeSupport): Promise<Installation> {
  const node = !('unavailable' in support);
  const limits = AS_MUCH_AS_THERE_IS;
  const site = await startInstallation({
    clusters: { lab: { node, policies: '// none of its own', rights: { [GROUP]: EVERYTHING } } },
    agents: { agent: { clusters: { lab: [GROUP] }, limits }, owner: { clusters: { lab: [GROUP] }, limits } },
    organisation: POLICIES,
  });
  try {
    await plant(site, clients);
    if (node) await talk(site);
    return site;
  } catch (error) {
    await site.stop();
    throw error;
  }
}

/** Runs a client as the administrator. */
async function direct(site: Installation, program: string, args: readonly string[], env = {}): Promise<void> {
  const { adminKubeconfig } = site.lab('lab');
  const command = { program, args, cwd: site.dir, env: { ...process.env, KUBECONFIG: adminKubeconfig, ...env } };
  const { code, stderr } = await new ClientProcess(command).result();
  assert.equal(code, 0, stderr);
}

async function plant(site: Installation, { kubectl, helm }: ClientPrograms): Promise<void> {
  const { admin } = site.lab('lab');
  await admin.apply([DEFINITION]);
  const widgets = '/apis/shop.example.com/v1/widgets';
  await eventually('widgets are served', async () => (await admin.request('GET', widgets)).status === 200);
  await untilDiscovered(site.lab('lab'), 'widgets.shop.example.com');
  const list = { apiVersion: 'v1', kind: 'List', items: OBJECTS };
  await direct(site, kubectl, ['apply', '-f', await site.file('canaries.json', list)]);
  await admin.apply([UNAPPLIED]);
  for (const [path, text] of Object.entries(CHART)) {
    await mkdir(dirname(join(site.dir, path)), { recursive: true });
    await writeFile(join(site.dir, path), text);
  }
  for (const [driver, place] of [
    ['secret', 'Secret'],
    ['configmap', 'ConfigMap'],
  ] as const) {
    const values = await site.file(`${driver}-values.json`, {
      greeting: driver,
      login: { password: releaseValue(place) },
    });
    const install = ['install', RELEASES[driver], join(site.dir, 'chart'), '-n', 'demo', '-f', values];
    await direct(site, helm, install, { HELM_DRIVER: driver, HOME: site.dir });
  }
}

/** Has pods print the canaries: one that fails at once, one that goes on, in which commands can be run. */
async function talk(site: Installation): Promise<void> {
  const { admin } = site.lab('lab');
  await admin.apply([talker('talker', 'exit 3'), talker('teller', 'while true; do sleep 1; done')]);
  for (const [name, phase] of [
    ['talker', 'Failed'],
    ['teller', 'Running'],
  ]) {
    await eventually(`the ${name} is ${phase}`, async () => {
      const { body } = await admin.request('GET', `/api/v1/namespaces/demo/pods/${name}`);
      return body.status?.phase === phase;
    });
  }
}
