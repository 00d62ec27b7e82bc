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
  /** RFC 3339, microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  readonly requestURI: string;
  /** Empty where the API server did not take the credential. */
  readonly user: {
    readonly username?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Partial<Record<string, readonly string[]>>>;
  };
  readonly impersonatedUser?: { readonly username: string; readonly groups: readonly string[] };
  /** By which rule of impersonation; absent for the legacy one. */
  readonly authenticationMetadata?: { readonly impersonationConstraint?: string };
  readonly objectRef?: Readonly<Partial<Record<string, string>>>;
  readonly responseStatus?: { readonly code: number };
  readonly annotations?: Readonly<Partial<Record<string, string>>>;
}

const CONNECTOR = 'system:serviceaccount:countersign:connector';

/** Whether it tells of a request that was made with the connector's credential. */
export function isOfConnector({ user }: AuditEvent): boolean {
  return user.username === CONNECTOR;
}

async function auditEvents({ auditLogFile }: Pick<Lab, 'auditLogFile'>): Promise<AuditEvent[]> {
  const text = await readFile(auditLogFile, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line): AuditEvent => JSON.parse(line));
}

/** All events of requests that were made with the connector's credential, as far as they are written. */
export async function connectorAuditEvents(lab: Pick<Lab, 'auditLogFile'>): Promise<AuditEvent[]> {
  return (await auditEvents(lab)).filter(isOfConnector);
}

/** Ids of requests that the API server refused as nobody's, a connector's with a credential that has expired too. */
export async function refusedAuditIds(lab: Pick<Lab, 'auditLogFile'>): Promise<string[]> {
  const refused = (await auditEvents(lab)).filter(({ responseStatus }) => responseStatus?.code === 401);
  return refused.map(({ auditID }) => auditID);
}

/** What the API server read of a request: `verb|group|version|namespace|resource|subresource|name`, or `non-resource|verb`. */
export function readingOf({ verb, objectRef }: Pick<AuditEvent, 'verb' | 'objectRef'>): string {
  if (objectRef === undefined) return `non-resource|${verb}`;
  const { apiGroup, apiVersion, namespace, resource, subresource, name } = objectRef;
  return [verb, apiGroup, apiVersion, namespace, resource, subresource, name].map(escapePart).join('|');
}

/** Bytes that are no printable ASCII, percent-encoded. */
function escapePart(part = ''): string {
  return part.replace(/[^!-~]+/gu, encodeURIComponent);
}

/** How many watches of a namespace the API server has begun to answer, but for those of its own components. */
export async function watchesBegun({ auditLogFile }: Pick<Lab, 'auditLogFile'>, namespace: string): Promise<number> {
  const lines = (await readFile(auditLogFile, 'utf8')).split('\n');
  const marks = ['"stage":"ResponseStarted"', '"verb":"watch"', `/namespaces/${namespace}/`];
  return lines.filter((line) => marks.every((mark) => line.includes(mark))).length;
}
