// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { file } from './schema-parts.ts';

const postgres = z
  .strictObject({
    host: z.string().min(1).max(253).describe('A name or an address; or the directory of its socket, a path from /.'),
    port: z.int().min(1).max(65_535).default(5_432),
    database: z.string().min(1).max(63).default('countersign').describe('It holds keys: a database for this alone.'),
    user: z.string().min(1).max(63).default('countersign').describe('The owner of the database.'),
    passwordFile: file.optional().describe('The password, a line; read again for each connection.'),
    tls: z
      .enum(['verify', 'off'])
      .default('verify')
      .describe('`off` for a socket, or on loopback alone. `verify` checks its certificate for `host`.'),
    caFile: file.optional().describe('CA of its certificate, PEM, when not a public one.'),
  })
  .describe('A PostgreSQL server, 14 or later, the primary. It must not sit behind a pooler of statements.');

export const store = z
  .strictObject({
    postgres: postgres.optional(),
    keyFile: file
      .optional()
      .describe(
        'Key that vouches for what the store says of approvals and grants, 32 bytes in base64 on one line: not in the store, and the same at all gateways of one PostgreSQL. Without it the gateway makes one, `keys/store.key` in `dataDir`.',
      ),
  })
  .default({})
  .describe('Where state is kept: in a PostgreSQL database, or else in a SQLite file in `dataDir`.');
