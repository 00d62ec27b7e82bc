// SPDX-License-Identifier: Apache-2.0
import { KubeError, parseJson } from '@countersign/kube';
import { Fault } from '../faults.ts';
import type { Document } from './effect.ts';

/** An answer of the API server, parsed. */
export function documentOf(bytes: Uint8Array): Document | Fault {
  try {
    return { bytes, value: parseJson(bytes) };
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_EFFECT_UNKNOWN', "the API server's answer could not be read", { cause });
  }
}
