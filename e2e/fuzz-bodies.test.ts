// SPDX-License-Identifier: Apache-2.0
// Changed bodies of writes, through the gateway and past it; `npm run fuzz -- --bodies --seconds N` goes on for longer.
// That they find something is shown with weakenings of the product, planted in a copy of it.
// Runs alone: on a busy machine it tries less.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedField } from './attacks/planted-field.ts';
import type { Edit } from './attacks/weakening.ts';
import { BodyField } from './fuzz/bodies/body-field.ts';
import { formatBodyFinding, fuzzBodies } from './fuzz/bodies/body-run.ts';
import { assertJoined } from './installation/assert-joined.ts';

const DURATION_MS = 30_000;
/** Of every run, so that one is like another: `npm run fuzz` takes others, and longer. */
const SEED = 20_261_130;
const BATCHES = 8;
/** By then a weakening must have been found. */
const PATIENCE_MS = 120_000;

const PARSE_JSON = 'packages/kube/src/parse-json.ts';

/** What must not be, by edits, and what is said when it is found. */
const WEAKENINGS: readonly (readonly [what: string, edits: readonly Edit[], problem: RegExp])[] = [
  [
    'the first of two members counts, where the API server takes the last',
    [
      { file: PARSE_JSON, find: 'if (members.has(key)) {', replace: 'if (members.has(key) && key.length > 9_999) {' },
      {
        file: PARSE_JSON,
        find: 'members.set(key, this.#value());',
        replace: 'const value = this.#value();\n      if (!members.has(key)) members.set(key, value);',
      },
    ],
    /^(?:the API server made|answered|judged) /,
  ],
  [
    'numbers go through those of JavaScript',
    [
      {
        file: PARSE_JSON,
        find: 'return new JsonNumber(number);',
        replace: 'return new JsonNumber(JSON.stringify(Number(number)));',
      },
    ],
    /^(?:the API server made|answered) /,
  ],
  [
    'policy overlooks what stands in lists',
    [
      {
        file: 'packages/policy/src/facts-of.ts',
        find: "if (isJsonArray(value)) return value.map((item) => ['', item]);",
        replace: 'if (isJsonArray(value)) return [];',
      },
    ],
    /^judged /,
  ],
  [
    'a field of protobuf that stands twice is read as it stood first',
    [
      {
        file: 'packages/kube/src/protobuf/decode-protobuf.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a source file
        find: 'if (before !== undefined) throw malformedProtobuf(`${where} stands twice`);\n    return this.#readOne(reader, type, depth);',
        replace: 'const one = this.#readOne(reader, type, depth);\n    return before ?? one;',
      },
    ],
    /^(?:the API server made|answered|judged) /,
  ],
];

const planted = plantedField(BodyField.start, ({ site }) => site.stop());

test('no changed body is stored as anything else than what was judged, and what it is without a gateway', async (t) => {
  const end = performance.now() + DURATION_MS;
  let batches = 0;
  const until = () => batches++ >= BATCHES || (performance.now() > end && batches > 2);
  const { cases, done, finding } = await fuzzBodies(planted.field, { seed: SEED, until });
  t.diagnostic(`seed ${SEED}: ${cases} cases, ${done} done by the API server`);
  if (finding) assert.fail(formatBodyFinding(finding));
  assert.ok(done > 20, 'too few are done to show anything');
});

test('both logs join afterwards', async () => {
  await assertJoined(planted.field.site, ['lab']);
});

for (const [what, edits, problem] of WEAKENINGS) {
  test(`it is found when ${what}`, async (t) => {
    using _edits = await planted.plant(edits);
    const end = performance.now() + PATIENCE_MS;
    const { cases, finding } = await fuzzBodies(planted.field, { seed: SEED, until: () => performance.now() > end });
    assert.match(finding?.problem ?? 'nothing was found', problem);
    t.diagnostic(`found within ${cases} cases: ${finding && formatBodyFinding(finding).slice(0, 400)}`);
  });
}
