// SPDX-License-Identifier: Apache-2.0
import { CLOUD_EVENT_TYPE, cloudEvent } from './cloud-event.ts';
import { linkOf } from './link-of.ts';
import type { Notice } from './notice.ts';
import type { Posting } from './post.ts';
import type { Address } from './receiver-files.ts';
import { slackMessage } from './slack-message.ts';
import { webhookHeaders } from './standard-webhook.ts';

export interface Sender {
  readonly gateway: string;
  /** Of the console, where there is one. */
  readonly consoleOrigin: string | undefined;
  readonly at: Date;
}

/** A notice as it goes to a receiver: a CloudEvent that is signed, or a message of Slack, whose URL is the secret. */
export function postingOf(
  address: Address,
  notice: Notice,
  { gateway, consoleOrigin, at }: Sender,
): Pick<Posting, 'url' | 'ca' | 'headers' | 'body'> {
  const link = linkOf(notice, consoleOrigin);
  const { url, ca } = address;
  if (address.kind === 'slack') {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { url, ca, headers, body: slackMessage(notice, link) };
  }
  const body = cloudEvent(notice, gateway, link);
  const signed = webhookHeaders(notice.id, at, body, address.key);
  return { url, ca, headers: { 'content-type': CLOUD_EVENT_TYPE, ...signed }, body };
}
