// SPDX-License-Identifier: Apache-2.0
import { createServer, type ServerResponse } from 'node:http';
import type { Config } from '../config/schema.ts';
import { listen, type OpenListener } from '../listen.ts';
import { isAddressOrLocalhost, isLoopbackAddress } from './loopback-host.ts';

/** What keeps the gateway from serving; an empty list is ready. */
export type Readiness = () => readonly string[];

export interface HealthOptions {
  readonly settings: Config['listeners']['health'];
  readonly notReady: Readiness;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/**
 * Plain HTTP for probes: `/livez` while the process runs, `/readyz` while it serves, `/metrics`. Nothing else. On loopback
 * only for who calls it by address or as `localhost`: it asks for no credential, and web pages can dial it.
 */
export async function openHealthListener({ settings, notReady, metrics }: HealthOptions): Promise<OpenListener> {
  const isLocal = isLoopbackAddress(settings.address);
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    if (isLocal && !isAddressOrLocalhost(request.headers.host))
      return answer(response, 403, 'by address or as localhost');
    if (request.method !== 'GET') return answer(response, 405, 'GET only');
    switch (request.url) {
      case '/livez':
        return answer(response, 200, 'ok');
      case '/readyz': {
        const problems = notReady();
        return answer(response, problems.length === 0 ? 200 : 503, problems.length === 0 ? 'ok' : problems.join('\n'));
      }
      case '/metrics':
        metrics().then(
          (text) => answer(response, 200, text.trimEnd()),
          () => answer(response, 500, 'no metrics'),
        );
        return;
      default:
        return answer(response, 404, '/livez, /readyz or /metrics');
    }
  });
  server.maxConnections = 64;
  return listen(server, settings);
}
