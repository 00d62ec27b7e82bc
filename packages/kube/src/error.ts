// SPDX-License-Identifier: Apache-2.0
import type { StatusReason } from './status.ts';

/** Everything that this package refuses. The message that goes with a code never holds a value from the request. */
export type KubeErrorCode =
  | 'ERR_KUBE_METHOD'
  | 'ERR_KUBE_TARGET_FORM'
  | 'ERR_KUBE_TARGET_TOO_LONG'
  | 'ERR_KUBE_PATH_NOT_CANONICAL'
  | 'ERR_KUBE_SPECIAL_VERB'
  | 'ERR_KUBE_QUERY'
  | 'ERR_KUBE_UNKNOWN_PARAMETER'
  | 'ERR_KUBE_DUPLICATE_PARAMETER'
  | 'ERR_KUBE_SELECTOR'
  | 'ERR_KUBE_NOT_ACCEPTABLE'
  | 'ERR_KUBE_MEDIA_TYPE'
  | 'ERR_KUBE_BODY_TOO_LARGE'
  | 'ERR_KUBE_JSON'
  | 'ERR_KUBE_JSON_DUPLICATE_KEY'
  | 'ERR_KUBE_JSON_TOO_DEEP'
  | 'ERR_KUBE_PROTOBUF'
  | 'ERR_KUBE_PROTOBUF_TYPE'
  | 'ERR_KUBE_BODY_TARGET'
  | 'ERR_KUBE_DELETE_OPTIONS'
  | 'ERR_KUBE_CHANGES_TOO_MANY'
  | 'ERR_KUBE_WATCH_FRAME'
  | 'ERR_KUBE_WATCH_CUT'
  | 'ERR_KUBE_EVENT_TOO_LARGE'
  | 'ERR_KUBE_UPGRADE'
  | 'ERR_KUBE_STREAM_PROTOCOL'
  | 'ERR_KUBE_WEBSOCKET'
  | 'ERR_KUBE_WEBSOCKET_UTF8'
  | 'ERR_KUBE_WEBSOCKET_TOO_LARGE'
  | 'ERR_KUBE_WEBSOCKET_CUT'
  | 'ERR_KUBE_CHANNEL'
  | 'ERR_KUBE_RESIZE'
  | 'ERR_KUBE_STREAM_STATUS'
  | 'ERR_KUBE_SPDY'
  | 'ERR_KUBE_SPDY_TOO_LARGE'
  | 'ERR_KUBE_SPDY_CUT'
  | 'ERR_KUBE_STREAM_HEADERS';

/** How a refusal is answered: an HTTP status and the reason of the `metav1.Status`. */
export interface Refusal {
  readonly status: number;
  readonly reason: StatusReason;
}

const badRequest: Refusal = { status: 400, reason: 'BadRequest' };
const badUpstream: Refusal = { status: 502, reason: 'InternalError' };

/**
 * The answer that belongs to each code. The `ERR_KUBE_WATCH_…` and `ERR_KUBE_EVENT_…` codes are upstream's faults; those of
 * frames are of whichever side sent them, and no answer is left to give when they come.
 */
export const kubeRefusals: Readonly<Record<KubeErrorCode, Refusal>> = {
  ERR_KUBE_METHOD: { status: 405, reason: 'MethodNotAllowed' },
  ERR_KUBE_TARGET_FORM: badRequest,
  ERR_KUBE_TARGET_TOO_LONG: { status: 414, reason: 'BadRequest' },
  ERR_KUBE_PATH_NOT_CANONICAL: badRequest,
  ERR_KUBE_SPECIAL_VERB: badRequest,
  ERR_KUBE_QUERY: badRequest,
  ERR_KUBE_UNKNOWN_PARAMETER: badRequest,
  ERR_KUBE_DUPLICATE_PARAMETER: badRequest,
  ERR_KUBE_SELECTOR: badRequest,
  ERR_KUBE_NOT_ACCEPTABLE: { status: 406, reason: 'NotAcceptable' },
  ERR_KUBE_MEDIA_TYPE: { status: 415, reason: 'UnsupportedMediaType' },
  ERR_KUBE_BODY_TOO_LARGE: { status: 413, reason: 'RequestEntityTooLarge' },
  ERR_KUBE_JSON: badRequest,
  ERR_KUBE_JSON_DUPLICATE_KEY: badRequest,
  ERR_KUBE_JSON_TOO_DEEP: badRequest,
  ERR_KUBE_PROTOBUF: badRequest,
  ERR_KUBE_PROTOBUF_TYPE: { status: 415, reason: 'UnsupportedMediaType' },
  ERR_KUBE_BODY_TARGET: badRequest,
  ERR_KUBE_DELETE_OPTIONS: badRequest,
  ERR_KUBE_CHANGES_TOO_MANY: { status: 413, reason: 'RequestEntityTooLarge' },
  ERR_KUBE_WATCH_FRAME: badUpstream,
  ERR_KUBE_WATCH_CUT: badUpstream,
  ERR_KUBE_EVENT_TOO_LARGE: badUpstream,
  ERR_KUBE_UPGRADE: badRequest,
  ERR_KUBE_STREAM_PROTOCOL: badRequest,
  ERR_KUBE_WEBSOCKET: badRequest,
  ERR_KUBE_WEBSOCKET_UTF8: badRequest,
  ERR_KUBE_WEBSOCKET_TOO_LARGE: badRequest,
  ERR_KUBE_WEBSOCKET_CUT: badRequest,
  ERR_KUBE_CHANNEL: badRequest,
  ERR_KUBE_RESIZE: badRequest,
  ERR_KUBE_STREAM_STATUS: badRequest,
  ERR_KUBE_SPDY: badRequest,
  ERR_KUBE_SPDY_TOO_LARGE: badRequest,
  ERR_KUBE_SPDY_CUT: badRequest,
  ERR_KUBE_STREAM_HEADERS: badRequest,
};

/** Thrown by every function of this package, and nothing else is. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;

  constructor(code: KubeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
