// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { TOPICS } from '../notifications/notice.ts';
import { file, name } from './schema-parts.ts';

const receiverCommon = {
  name: name.describe('By which the log and metrics call it.'),
  topics: z
    .array(z.enum(TOPICS))
    .min(1)
    .max(TOPICS.length)
    .default([...TOPICS])
    .describe('What it is told of.'),
  caFile: file.optional().describe('CA of its https, PEM, when not a public one.'),
};

const receiver = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('webhook'),
      ...receiverCommon,
      url: z.string().max(2_048).describe('Gets CloudEvents 1.0 by POST. https, or http on loopback.'),
      secretFile: file.describe(
        'Secret of its signatures as Standard Webhooks writes it, a line: `whsec_` and 24 to 64 bytes in base64.',
      ),
    }),
    z.strictObject({
      kind: z.literal('slack'),
      ...receiverCommon,
      urlFile: file.describe('URL of an incoming webhook of Slack, which is a secret: a line.'),
    }),
  ])
  .describe('Who is told. Its files are read again for each message.');

const DEFAULT_DENIALS = { count: 20, seconds: 60 } as const;

export const notifications = z
  .strictObject({
    receivers: z.array(receiver).max(16).default([]),
    denials: z
      .strictObject({
        count: z.int().min(1).max(100_000).default(DEFAULT_DENIALS.count),
        seconds: z.int().min(1).max(86_400).default(DEFAULT_DENIALS.seconds),
      })
      .default(DEFAULT_DENIALS)
      .describe(
        'So many denials of one agent at one gateway within so many seconds are told, once in a quarter of an hour.',
      ),
  })
  .default({ receivers: [], denials: DEFAULT_DENIALS })
  .describe('Who is told of what happens. Messages hold links, never what an approval would change.');
