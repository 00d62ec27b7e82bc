// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Stream, constants } from 'node:http2';
import { responseHeaderLines } from '@countersign/wire';
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential } from '../credential/cluster-credential.ts';
import type { UpstreamAnswer, UpstreamCall, UpstreamRequest } from './answer.ts';
import { authorityOf } from './connect.ts';
import type { Lease } from './session-pool.ts';

/** Sends a request in a leased session and gives the lease back when the stream is over. */
export function callOverHttp2(lease: Lease, credential: ClusterCredential, request: UpstreamRequest): UpstreamCall {
  const head = [':method', request.method, ':scheme', 'https', ':authority', authorityOf(credential)];
  head.push(':path', `${credential.basePath}${request.target}`);
  for (const [name, value] of request.headers) head.push(name, value);
  if (credential.token !== undefined) head.push('authorization', `Bearer ${credential.token}`);
  let stream: ClientHttp2Stream;
  try {
    stream = lease.session.request(head, { endStream: request.body === undefined });
  } catch (cause) {
    lease.release();
    throw new UpstreamError('upstream-unreachable', false, { cause });
  }
  request.body?.pipe(stream);
  return {
    answer: answerOf(stream, lease),
    cancel() {
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    },
  };
}

function answerOf(stream: ClientHttp2Stream, lease: Lease): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    stream.on('error', (cause: Error) => {
      failure = cause;
    });
    stream.once('close', () => {
      lease.release();
      const sent = stream.id !== undefined && stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM;
      reject(new UpstreamError('upstream-cut', sent, { cause: failure }));
    });
    stream.once('response', (headers, _flags, raw) => {
      resolve({
        status: headers[':status'] ?? 0,
        lines: responseHeaderLines(raw),
        body: stream,
        isWhole: () => stream.rstCode === constants.NGHTTP2_NO_ERROR && !failure,
      });
    });
  });
}
