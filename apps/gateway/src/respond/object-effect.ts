// SPDX-License-Identifier: Apache-2.0

interface Effect {
  uid?: string;
  resourceVersion?: string;
}

/** Identity and version of the object that a write's answer shows; undefined where it shows none. */
export function objectEffect(body: Uint8Array): Effect | undefined {
  let metadata: { readonly uid?: unknown; readonly resourceVersion?: unknown } | undefined;
  try {
    metadata = JSON.parse(Buffer.from(body).toString('utf8'))?.metadata;
  } catch {
    return undefined;
  }
  const effect: Effect = {};
  if (typeof metadata?.uid === 'string') effect.uid = metadata.uid;
  if (typeof metadata?.resourceVersion === 'string') effect.resourceVersion = metadata.resourceVersion;
  return effect.uid === undefined && effect.resourceVersion === undefined ? undefined : effect;
}
