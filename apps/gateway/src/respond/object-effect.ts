// SPDX-License-Identifier: Apache-2.0
import { protobufIdentity } from '@countersign/kube';

interface Effect {
  uid?: string;
  resourceVersion?: string;
}

const MAX_LENGTH = 64;

/** Identity and version of the object that a write's answer shows; undefined where it shows none that can be one. */
export function objectEffect(body: Uint8Array): Effect | undefined {
  const metadata = protobufIdentity(body) ?? metadataInJson(body);
  const effect: Effect = {};
  if (isShortText(metadata?.uid)) effect.uid = metadata.uid;
  if (isShortText(metadata?.resourceVersion)) effect.resourceVersion = metadata.resourceVersion;
  return effect.uid === undefined && effect.resourceVersion === undefined ? undefined : effect;
}

function metadataInJson(body: Uint8Array): { readonly uid?: unknown; readonly resourceVersion?: unknown } | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))?.metadata;
  } catch {
    return undefined;
  }
}

/** An aggregated API server may answer anything; a record takes so much. */
function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_LENGTH;
}
