// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { SpdyHeaders } from './spdy/frame.ts';

/** The header that says what a SPDY stream is for. */
export const streamTypeHeader = 'streamtype';

/** A header that stands once, with one value. @throws KubeError `ERR_KUBE_STREAM_HEADERS` */
export function streamHeader(headers: SpdyHeaders, name: string): string {
  const values = headers.find((header) => header.name === name)?.values;
  if (values?.length !== 1) throw badStreamHeaders(`the header ${name} must have one value`);
  return values[0] as string;
}

/** What is refused of a stream's headers; the message never holds a value of them. */
export function badStreamHeaders(why: string): KubeError {
  return new KubeError('ERR_KUBE_STREAM_HEADERS', `a stream is opened with headers that don't fit: ${why}`);
}
