// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { TunnelEvent } from './tunnel-event.ts';

type Recorded = Exclude<TunnelEvent, { readonly type: 'refused' }>;

/** What happened to a connector, as the log has it. Refusals of strangers are counted instead. */
export function tunnelRecord(event: Recorded): LogRecord {
  if (event.type === 'token-issued') {
    const { cluster, token, expiresAt } = event;
    return { type: 'connector.token', cluster, token, expiresAt };
  }
  const { connector, cluster, serial, notAfter } = event;
  const whose = { connector, cluster };
  switch (event.type) {
    case 'enrolled':
      return { type: 'connector.enrolled', ...whose, serial, notAfter, token: event.token, sealed: sourceOf(event) };
    case 'renewed': {
      const { previousSerial } = event;
      return { type: 'connector.renewed', ...whose, serial, notAfter, previousSerial, sealed: sourceOf(event) };
    }
    case 'revoked':
      return { type: 'connector.revoked', ...whose, serial };
    case 'connected': {
      const { tunnel, version } = event;
      return { type: 'connector.connected', ...whose, serial, tunnel, version, sealed: sourceOf(event) };
    }
    case 'disconnected':
      return { type: 'connector.disconnected', ...whose, tunnel: event.tunnel, reason: event.reason };
  }
}

function sourceOf({ source }: { readonly source: string }) {
  return { source: { address: source } };
}
