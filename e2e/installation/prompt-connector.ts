// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { type Connector, kubeconfigSource, startConnector } from '@countersign/connector';
import type { Installation } from '../installation.ts';

/** The connector of a site's `lab`, by `gateways`, with the jitter that spreads many connectors taken down to a hundredth. */
export async function startPromptConnector(site: Installation, gateways: readonly string[]): Promise<Connector> {
  const now = () => new Date();
  return startConnector({
    gateways,
    trust: undefined,
    joinToken: undefined,
    stateDirectory: join(site.dir, 'connector-lab'),
    credential: await kubeconfigSource({ file: site.lab('lab').connectorKubeconfig, environment: process.env, now }),
    version: 'e2e',
    now,
    random: () => 0.01,
    report: () => {},
  });
}
