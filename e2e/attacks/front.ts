// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, request } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createAuthority } from '@countersign/lab';
import type { Installation } from '../installation.ts';
import { Containers } from './container.ts';

/** The cluster that is reached through a front. */
export const FRONTED = 'fronted';

/** Where the API server stands behind the front, as clusters do behind Rancher. */
export const BASE_PATH = '/k8s/clusters/c-1';

/** A server before the API server of the lab: it has a base path of its own, and sends whom it likes elsewhere. */
export interface Front {
  /** Raw targets that came, in order. */
  readonly targets: readonly string[];
  /** How often somebody dialled the place that its redirects lead to. */
  readonly strayed: () => number;
  /** What execs of its pods come to. */
  readonly containers: Containers;
  /** For a connector: the lab's own, with the front in the API server's place. */
  readonly kubeconfig: string;
  close(): void;
}

/** What is asked of `…/configmaps/redirect-302` is done, and answered with a redirect of that status all the same. */
const REDIRECT = /\/configmaps\/redirect-(\d{3})(?:\?|$)/;

/** Starts the front and what its redirects lead to. */
export async function startFront(site: Installation): Promise<Front> {
  const lab = site.lab('lab');
  const config = JSON.parse(await readFile(lab.connectorKubeconfig, 'utf8'));
  const [{ cluster }] = config.clusters;
  const ca = await readFile(cluster['certificate-authority'], 'utf8');
  const upstream = new URL(cluster.server);
  const authority = await createAuthority('A front');
  const { certificate, key } = await authority.issue({ commonName: 'front', addresses: ['127.0.0.1'] });
  const targets: string[] = [];
  let strayed = 0;
  const elsewhere = createTcpServer((socket) => {
    strayed += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const away = `https://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;

  const server = createServer({ cert: certificate, key }, (incoming, answer) => {
    const target = incoming.url ?? '';
    targets.push(target);
    const status = REDIRECT.exec(target)?.[1];
    if (!target.startsWith(`${BASE_PATH}/`)) answer.writeHead(404).end();
    else
      pass(incoming, { upstream, ca }, (found) => {
        if (status === undefined) found.pipe(answer.writeHead(found.statusCode ?? 502, found.rawHeaders));
        else found.resume().on('end', () => answer.writeHead(Number(status), { location: away }).end());
      });
  }).listen(0, '127.0.0.1');
  const containers = new Containers();
  server.on('upgrade', (incoming, connection, head) => containers.take(incoming, connection, head));
  await once(server, 'listening');
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}${BASE_PATH}`;
  const caFile = await site.file('front-ca.pem', authority.certificate);
  Object.assign(cluster, { server: address, 'certificate-authority': caFile });
  return {
    targets,
    containers,
    strayed: () => strayed,
    kubeconfig: await site.file('front.kubeconfig', config),
    close() {
      server.close();
      server.closeAllConnections();
      elsewhere.close();
    },
  };
}

/** Sends a request on as it came, without the base path. */
function pass(
  incoming: IncomingMessage,
  { upstream, ca }: { readonly upstream: URL; readonly ca: string },
  answered: (found: IncomingMessage) => void,
): void {
  const outgoing = request(
    {
      host: upstream.hostname,
      port: upstream.port,
      ca,
      method: incoming.method,
      path: incoming.url?.slice(BASE_PATH.length),
      headers: incoming.rawHeaders,
    },
    answered,
  );
  outgoing.on('error', () => incoming.destroy());
  incoming.pipe(outgoing);
}
