// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Both ends of a TCP connection on this machine: whoever connected, and whoever was connected to. */
export async function socketEnds(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  const accepted = once(server, 'connection');
  const client = connect(address.port, '127.0.0.1');
  const [ours] = (await accepted) as [Socket];
  server.close();
  return [client, ours];
}
