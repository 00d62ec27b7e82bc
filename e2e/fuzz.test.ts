// SPDX-License-Identifier: Apache-2.0
// Five hundred changed requests; `npm run fuzz -- --seconds N` goes on for longer. That they find something is shown with
// weakenings of the product, planted in a copy of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedField } from './attacks/planted-field.ts';
import { startField } from './attacks/start-field.ts';
import type { Edit } from './attacks/weakening.ts';
import { formatFinding, fuzz } from './fuzz/fuzz-run.ts';
import { assertJoined } from './installation/assert-joined.ts';

/** Of every run, so that one is like another: `npm run fuzz` takes others, and longer. */
const SEED = 1_391_973_050;
const BATCHES = 5;
/** By then a weakening must have been found. */
const PATIENCE_MS = 120_000;
const PLANTED_SEED = 7;

const PARSE = 'apps/gateway/src/stages/parse.ts';
const HTTP2 = 'apps/gateway/src/data/http2.ts';
const ON_REQUEST = 'else onRequest(incoming(stream, headers, raw as string[]));';

/** What must not be, each by one edit, and what is said when it is found. */
const WEAKENINGS: readonly (readonly [what: string, edit: Edit, problem: RegExp])[] = [
  [
    'the target goes upstream as it came',
    {
      file: 'apps/gateway/src/stages/forward.ts',
      find: 'target: serializeTarget(exchange.request),',
      replace: 'target: exchange.target,',
    },
    /^sent .* for /,
  ],
  [
    'a request breaks what reads it',
    {
      file: PARSE,
      find: '  const lane = laneOf(request);',
      replace: "  if (exchange.target.includes('%')) throw new TypeError('planted');\n  const lane = laneOf(request);",
    },
    /^answered 500 by itself/,
  ],
  [
    'a record says something else than what was done',
    {
      file: 'apps/gateway/src/records/exchange-facts.ts',
      find: 'verb, group, version, namespace, resource, subresource, name, dryRun };',
      replace:
        "verb, group, version, namespace, resource, subresource: request.query.length > 0 ? 'x' : subresource, name, dryRun };",
    },
    /^on record as /,
  ],
  [
    'HTTP/2 resets a stream that it could answer',
    {
      file: HTTP2,
      find: ON_REQUEST,
      replace: `else if (String(headers[':path']).includes('%')) stream.on('error', () => {}).close(constants.NGHTTP2_PROTOCOL_ERROR);\n    ${ON_REQUEST}`,
    },
    /^no answer over HTTP\/2: it was reset with code 1$/,
  ],
  [
    'HTTP/2 drops its session over a request',
    {
      file: HTTP2,
      find: ON_REQUEST,
      replace: `else if (String(headers[':path']).includes('%')) socket.destroy();\n    ${ON_REQUEST}`,
    },
    /^no answer over HTTP\/2: /,
  ],
];

const planted = plantedField(startField, (field) => field.stop());

test('no changed request is answered by accident, judged otherwise than it is read, or left out of the log', async (t) => {
  let batches = 0;
  // However long that takes: of fewer too few reach the API server to show anything.
  const until = () => batches++ >= BATCHES;
  const { cases, passed, unanswered, finding } = await fuzz(planted.field, { seed: SEED, until });
  t.diagnostic(`seed ${SEED}: ${cases} cases, ${passed} reached the API server, ${unanswered} are none of HTTP/2`);
  if (finding) assert.fail(formatFinding(finding));
  assert.ok(passed > 20, 'too few reach the API server to show anything');
  assert.ok(unanswered < 25, 'one in five goes over HTTP/2, and most of those must be answered');
});

test('both logs join afterwards', async () => {
  await assertJoined(planted.field.site, ['lab']);
});

for (const [what, edit, problem] of WEAKENINGS) {
  test(`it is found when ${what}`, async (t) => {
    using _edit = await planted.plant([edit]);
    const end = performance.now() + PATIENCE_MS;
    const { cases, finding } = await fuzz(planted.field, { seed: PLANTED_SEED, until: () => performance.now() > end });
    assert.match(finding?.problem ?? 'nothing was found', problem);
    t.diagnostic(`found within ${cases} cases, with ${finding?.one.mutations.length} mutations left`);
  });
}
