// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import { ConnectorError } from './connector-error.ts';

const DEFAULT_PORT = 8444;

/** Where a gateway's tunnel listener is dialled. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** As the operator wrote it. */
  readonly text: string;
}

/**
 * Reads `host`, `host:port`, `[address]` or `[address]:port`; the port is 8444 unless given.
 * @throws ConnectorError `ERR_CONNECTOR_OPTIONS`
 */
export function parseGatewayAddress(text: string): GatewayAddress {
  const match = /^(?:\[(?<address>[0-9a-fA-F:.]+)\]|(?<name>[^:/[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const host = match?.groups?.address ?? match?.groups?.name;
  const port = Number(match?.groups?.port ?? DEFAULT_PORT);
  const bracketed = match?.groups?.address !== undefined;
  if (host === undefined || (bracketed && !isIPv6(host)) || port < 1 || port > 65_535) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', `${JSON.stringify(text)} is not HOST:PORT of a gateway`);
  }
  return { host, port, text };
}
