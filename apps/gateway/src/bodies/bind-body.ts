// SPDX-License-Identifier: Apache-2.0
import {
  addPreconditions,
  type JsonBodyFormat,
  KubeError,
  parseJson,
  type ResourceRequest,
  type SeenObject,
  serializeJson,
} from '@countersign/kube';

/** A write as it was judged, and the object that it is to be of. Plain data: it may go to another thread. */
export interface BindingQuestion {
  readonly request: ResourceRequest;
  readonly format: JsonBodyFormat;
  /** None where there is no body. */
  readonly bytes: Uint8Array | undefined;
  readonly object: SeenObject;
}

/** The write that goes on, or what is wrong with it. Plain data, as the question is. */
export type Binding =
  | {
      readonly kind: 'bound';
      readonly request: ResourceRequest;
      readonly format: JsonBodyFormat;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'malformed'; readonly detail: string };

/** The same write, of the object seen and of no other. Takes time in proportion to its length. */
export function bindBody({ request, format, bytes, object }: BindingQuestion): Binding {
  try {
    const value = bytes && parseJson(bytes);
    const bound = addPreconditions({ request, format, value }, object);
    return {
      kind: 'bound',
      request: bound.request,
      format: bound.format,
      bytes: Buffer.from(serializeJson(bound.value ?? null)),
    };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { kind: 'malformed', detail: error.message };
  }
}
