// SPDX-License-Identifier: Apache-2.0
import type { Fact } from '../rules/path-node.ts';
import type { ObjectIdentity } from '../token/token.ts';

const NOTHING: Uint8Array = new Uint8Array(0);

/** One object of an answer: what its tokens are bound to, and, for a Status, what its safe text says. */
export class Scope implements ObjectIdentity {
  namespace: Uint8Array;
  name = NOTHING;
  uid = NOTHING;
  reason = NOTHING;
  code = NOTHING;
  detailsName = NOTHING;
  detailsKind = NOTHING;

  /** @param namespace the request's; the object's own takes its place */
  constructor(namespace: Uint8Array) {
    this.namespace = namespace;
  }

  remember(fact: Fact, value: Uint8Array): void {
    if (fact === 'details-name') this.detailsName = value;
    else if (fact === 'details-kind') this.detailsKind = value;
    else this[fact] = value;
  }
}
