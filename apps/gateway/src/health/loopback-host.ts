// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';

/**
 * Whether a `Host` may be used of a listener on loopback: an address, or `localhost`, with or without a port. A web page
 * whose name was made to point here (DNS rebinding) says its own name, and has no business with what needs no credential.
 */
export function isAddressOrLocalhost(host: string | undefined): boolean {
  const [, name = ''] = /^(\[[0-9A-Fa-f:.]+\]|[^:]*)(?::\d{1,5})?$/.exec(host ?? '') ?? [];
  return name.toLowerCase() === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

/** Whether a listener on this address can be reached from its own machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
