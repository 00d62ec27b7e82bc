// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue, jsonAt, KubeError, parseJson, type Write } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';

/** Groups that kube-apiserver serves itself: of these a dry run is one. */
const ownGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** More than any object: schemas of a whole group, which are read for one word. */
const LIMITS = { maxBytes: 8 * 1024 * 1024, maxValues: 1_000_000 };

function isOf(template: string, segments: readonly string[]): boolean {
  const parts = template.split('/').slice(1);
  return (
    parts.length === segments.length &&
    parts.every((part, index) => part === segments[index] || /^\{[^/{}]+\}$/.test(part))
  );
}

/** Whether an OpenAPI v3 document says that a request takes `dryRun`. */
export function takesDryRun(document: JsonValue, { method, segments }: Write['request']): boolean {
  const paths = jsonAt(document, 'paths');
  if (!isJsonObject(paths)) return false;
  const items = [...paths].filter(([template]) => isOf(template, segments)).map(([, item]) => item);
  const operations = items.map((item) => jsonAt(item, method.toLowerCase(), 'parameters'));
  return (
    operations.length > 0 &&
    operations.every((list) => isJsonArray(list) && list.some((one) => jsonAt(one, 'name') === 'dryRun'))
  );
}

function unknown(why: string, cause?: unknown): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why, { cause });
}

/**
 * Makes sure that a write that is asked for as a dry run is not carried out: an aggregated API server may know nothing of dry
 * runs, and does the write then. Those that do say so in their OpenAPI, as the API server does for custom resources.
 * @throws Fault, TunnelError, LogError
 */
export async function honoursDryRun(
  exchange: Decided,
  { request }: Write,
  parts: QuestionParts,
): Promise<Fault | undefined> {
  const { group, version } = request;
  if (ownGroups.has(group)) return undefined;
  const target = `/openapi/v3/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
  const question = { purpose: 'discovery', target, accept: 'application/json' } as const;
  const { status, bytes } = await askAsAgent(exchange, question, parts);
  if (status !== 200) return unknown(`the API server answered ${status} for what ${group} takes`);
  try {
    const takes = takesDryRun(parseJson(bytes, LIMITS), request);
    return takes ? undefined : unknown(`the API of ${group} does not say that it knows dry runs`);
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return unknown(`what ${group} takes could not be read`, cause);
  }
}
