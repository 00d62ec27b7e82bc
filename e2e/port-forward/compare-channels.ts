// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { adminIdentity } from '../clients/kubeconfigs.ts';
import type { Installation } from '../installation.ts';
import { ChannelForward } from './channel-forward.ts';
import { ECHO, GREETING, SILENT } from './echo-pod.ts';

const PIECE_BYTES = 32_768;
/** In version 4 each channel begins with its port. */
const PORT_BYTES = 2;

/**
 * Sends as many bytes to {@link ECHO}, in version 4 over plain WebSocket as older clients speak it, direct and then through
 * the gateway, and fails where what its ports say differs.
 */
export async function compareChannels(site: Installation, agent: string, group: string, bytes: number): Promise<void> {
  const { server, caFile, adminKubeconfig } = site.lab('lab');
  const identity = await adminIdentity(adminKubeconfig);
  const asAgent = { 'impersonate-user': `countersign:agent:${agent}`, 'impersonate-group': group };
  const path = `/api/v1/namespaces/demo/pods/ports/portforward?ports=${ECHO}&ports=${GREETING}&ports=${SILENT}`;
  const direct = { url: `${server}${path}`, caFile, identity, headers: asAgent };
  const ours = { url: `${site.data}/clusters/lab${path}`, caFile: site.caFile, token: await site.token(agent) };
  const data = randomBytes(bytes);
  const said = [];
  for (const options of [direct, ours]) {
    const forward = await ChannelForward.open(options);
    for (let at = 0; at < bytes; at += PIECE_BYTES) forward.write(0, data.subarray(at, at + PIECE_BYTES));
    const echo = await forward.take(0, bytes + PORT_BYTES);
    assert.equal(Buffer.compare(echo.subarray(PORT_BYTES), data), 0);
    const others = [await forward.take(2, 'hello\n'.length + PORT_BYTES), await forward.take(5, PORT_BYTES + 1)];
    said.push([echo.subarray(0, PORT_BYTES), ...others].map((one) => one.toString('latin1')));
    forward.destroy();
    await forward.ended;
  }
  assert.deepEqual(said[1], said[0]);
}
