// SPDX-License-Identifier: Apache-2.0
import { MAX_SEGMENT_BYTES } from '@countersign/evidence';
import { z } from 'zod';
import { file } from './schema-parts.ts';

export const log = z
  .strictObject({
    dir: file.describe('Home of the evidence log; `log/` in it is what a verifier is given.'),
    origin: z
      .string()
      .regex(/^[a-z0-9][a-z0-9./-]{0,200}$/)
      .optional()
      .describe('Name of the log in its checkpoints, a URL without scheme; default countersign.local/<gateway>.'),
    segmentBytes: z
      .int()
      .min(1_048_576)
      .max(MAX_SEGMENT_BYTES)
      .default(67_108_864)
      .describe('Length of a file of the log; what is there already keeps its own.'),
    lowSpacePercent: z.int().min(1).max(50).default(10).describe('Below this share of free space the gateway warns.'),
    keepFreePercent: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe(
        'Recordings lie beside the log and leave it this share of the volume: below it no session begins, and those that go on are cut.',
      ),
  })
  .describe('Evidence log.');

export const recordings = z
  .strictObject({
    stdin: z
      .boolean()
      .default(true)
      .describe(
        'Whether what callers send into an exec, attach or port-forward is recorded too; of those that begin from then on. A permit that lets an exec or attach may say otherwise, by `@stdin`.',
      ),
  })
  .default({ stdin: true })
  .describe('What is recorded of streams. What comes out of them always is.');
