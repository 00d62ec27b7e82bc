// SPDX-License-Identifier: Apache-2.0
import { asDryRun, type JsonBodyFormat, type ResourceRequest, serializeJson } from '@countersign/kube';
import { Fault } from '../faults.ts';
import { type Written, writeOf } from './write-of.ts';

/** A write as one that leaves nothing behind, as it is sent. */
export interface DryRun {
  readonly request: ResourceRequest;
  readonly format: JsonBodyFormat;
  /** None where it has no body. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * The dry run of a write. Only how something is to be deleted is said in the body and has to be read, which takes time in
 * proportion to its length; all other bodies go as they are.
 */
export function dryRunOf({ request, lane, body }: Written): DryRun | Fault {
  const isDelete = request.kind === 'resource' && request.verb === 'delete';
  const write = writeOf({ request, lane, body: isDelete ? body : undefined });
  if (write instanceof Fault) return write;
  const dry = asDryRun(write);
  if (!isDelete) return { request: dry.request, format: body?.format ?? 'json', bytes: body?.bytes };
  return { request: dry.request, format: dry.format, bytes: Buffer.from(serializeJson(dry.value ?? null)) };
}
