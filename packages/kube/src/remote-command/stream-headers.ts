// SPDX-License-Identifier: Apache-2.0
import type { SpdyHeaders } from '../spdy/frame.ts';
import { badStreamHeaders, streamHeader, streamTypeHeader } from '../stream-type.ts';
import { type Channel, channels } from './channel.ts';

/**
 * The channel that a stream of exec or attach over SPDY carries, as its headers say: `streamtype: stdin`.
 * @throws KubeError `ERR_KUBE_STREAM_HEADERS`
 */
export function channelOfStream(headers: SpdyHeaders): Channel {
  const type = streamHeader(headers, streamTypeHeader);
  const channel = channels.find((name) => name === type);
  if (channel === undefined) throw badStreamHeaders('its type is none of exec');
  return channel;
}

/** The headers of the stream that carries a channel. */
export function channelStreamHeaders(channel: Channel): SpdyHeaders {
  return [{ name: streamTypeHeader, values: [channel] }];
}
