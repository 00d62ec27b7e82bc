// SPDX-License-Identifier: Apache-2.0

import type { Config } from '../config/schema.ts';
import type { OpenListener } from '../listen.ts';
import { type ControlParts, createControlApi } from './control-api.ts';
import { openServer, remoteAddress } from './open-server.ts';

export interface ControlListenerOptions {
  readonly settings: Config['listeners']['control'];
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly parts: ControlParts;
  /** How long a connection may take to set up TLS; 10,000 by default. */
  readonly handshakeTimeoutMs?: number;
}

/** Opens the listener for people and their tools: HTTPS, REST under /api/v1. */
export function openControlListener(options: ControlListenerOptions): Promise<OpenListener> {
  const { settings, certificate, key, parts, handshakeTimeoutMs } = options;
  const { fetch } = createControlApi(parts, remoteAddress);
  const { address, port } = settings;
  return openServer({ address, port, fetch, tls: { certificate, key }, handshakeTimeoutMs });
}
