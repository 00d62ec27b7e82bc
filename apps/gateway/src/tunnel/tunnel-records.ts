// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { TunnelEvent } from './tunnel-event.ts';

/** What happened to a connector, as the log has it. Refusals of strangers are counted instead. */
export function tunnelRecord(event: Exclude<TunnelEvent, { readonly type: 'refused' }>): LogRecord {
  const { connector, cluster, serial, notAfter } = event;
  switch (event.type) {
    case 'enrolled':
    case 'renewed':
      return {
        type: `connector.${event.type}`,
        connector,
        cluster,
        serial,
        notAfter,
        sealed: { source: { address: event.source } },
      };
    case 'connected':
      return {
        type: 'connector.connected',
        connector,
        cluster,
        serial,
        version: event.version,
        sealed: { source: { address: event.source } },
      };
    case 'disconnected':
      return { type: 'connector.disconnected', connector, cluster, reason: event.reason.replaceAll(' ', '-') };
  }
}
