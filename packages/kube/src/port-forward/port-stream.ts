// SPDX-License-Identifier: Apache-2.0
import type { SpdyHeaders } from '../spdy/frame.ts';
import { badStreamHeaders, streamHeader, streamTypeHeader } from '../stream-type.ts';

const PORT = 'port';
const REQUEST_ID = 'requestid';
const REQUEST_ID_FORM = /^[0-9A-Za-z_-]{1,64}$/;

/** One of the two streams that a forwarded connection is made of. What goes wrong with it is said on the other one. */
export interface PortStream {
  readonly type: 'data' | 'error';
  readonly port: number;
  /** The same for both, unlike that of any other connection that is under way. */
  readonly requestId: string;
}

/**
 * Reads the headers of a stream of a port-forward: `streamtype`, `port`, `requestid`. Clients from before 2016 gave no
 * request id; they are refused, because which streams belong together would be a guess.
 * @throws KubeError `ERR_KUBE_STREAM_HEADERS`
 */
export function parsePortStream(headers: SpdyHeaders): PortStream {
  const type = streamHeader(headers, streamTypeHeader);
  const port = streamHeader(headers, PORT);
  const requestId = streamHeader(headers, REQUEST_ID);
  if (type !== 'data' && type !== 'error') throw badStreamHeaders('its type is none of port-forward');
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) throw badStreamHeaders('its port is none');
  if (!REQUEST_ID_FORM.test(requestId)) throw badStreamHeaders('its request id is none');
  return { type, port: Number(port), requestId };
}

/** The headers that open one of the two streams. */
export function portStreamHeaders({ type, port, requestId }: PortStream): SpdyHeaders {
  return [
    { name: streamTypeHeader, values: [type] },
    { name: PORT, values: [String(port)] },
    { name: REQUEST_ID, values: [requestId] },
  ];
}
