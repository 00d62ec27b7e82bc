// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Lab } from '@countersign/lab';

/**
 * An event of the API server's audit log.
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  readonly impersonatedUser?: { readonly username: string; readonly groups: readonly string[] };
  /** By which rule of impersonation; absent for the legacy one. */
  readonly authenticationMetadata?: { readonly impersonationConstraint?: string };
  readonly objectRef?: Readonly<Partial<Record<string, string>>>;
  readonly responseStatus?: { readonly code: number };
}

const CONNECTOR = 'system:serviceaccount:countersign:connector';

/** All events of requests that were made with the connector's credential, as far as they are written. */
export async function connectorAuditEvents({ auditLogFile }: Pick<Lab, 'auditLogFile'>): Promise<AuditEvent[]> {
  const text = await readFile(auditLogFile, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n'));
  const events = whole
    .split('\n')
    .filter(Boolean)
    .map((line): AuditEvent => JSON.parse(line));
  return events.filter(({ user }) => user.username === CONNECTOR);
}
