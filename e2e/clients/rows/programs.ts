// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../row.ts';

function program(name: string, client: Row['program'], step: string): Row {
  return { name, program: client, steps: [[step]] };
}

const PREFERS_CBOR = { KUBE_FEATURE_ClientsAllowCBOR: 'true', KUBE_FEATURE_ClientsPreferCBOR: 'true' };

/** Rows of programs that are made with a client library; what each does stands in its source. */
export const PROGRAMS: readonly Row[] = [
  program('client-go, typed clients', 'client-go', 'typed'),
  program('client-go, dynamic client', 'client-go', 'dynamic'),
  program('client-go, metadata client', 'client-go', 'metadata'),
  program('client-go, informers', 'client-go', 'informer'),
  { ...program('client-go that prefers CBOR', 'client-go', 'fallback'), env: PREFERS_CBOR },
  program('JavaScript, typed clients', 'javascript', 'typed'),
  program('JavaScript, any object', 'javascript', 'objects'),
  program('JavaScript, watch', 'javascript', 'watched'),
  program('JavaScript, informer', 'javascript', 'informed'),
  program('Python, typed clients', 'python', 'typed'),
  program('Python, every type of patch', 'python', 'patched'),
  program('Python, dynamic client', 'python', 'dynamic'),
  program('Python, watch', 'python', 'watched'),
];
