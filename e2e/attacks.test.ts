// SPDX-License-Identifier: Apache-2.0
// Every row of the table of attacks in conformance/attacks/README.md that needs no stream, tried on a real API server
// through real gateway and connector.
// Runs alone: what is cut must be cut within a second, and peers that wait within so many.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Field } from './attacks/field.ts';
import { everyTry, ROWS } from './attacks/rows.ts';
import { startField } from './attacks/start-field.ts';
import { formatTable, type RowOutcome } from './attacks/table.ts';
import { assertJoined } from './installation/assert-joined.ts';

let field: Field;
const outcomes = new Map<number, RowOutcome>();

before(async () => {
  field = await startField();
});
after(() => field?.stop());

const tries = Map.groupBy(everyTry(), ({ row }) => row);

for (const { number, attack, later } of ROWS) {
  const ofRow = tries.get(number) ?? [];
  if (ofRow.length === 0) {
    test(`row ${number}: ${attack} waits, and says for what`, () => assert.ok(later));
    continue;
  }
  describe(`row ${number}: ${attack}`, () => {
    for (const { what, run, unavailable } of ofRow) {
      test(what, { skip: unavailable ?? false }, async () => {
        const outcome = outcomes.get(number) ?? { tried: 0, failed: 0 };
        outcomes.set(number, outcome);
        outcome.tried += 1;
        outcome.failed += 1;
        await run(field);
        outcome.failed -= 1;
      });
    }
  });
}

test('the gateway is the same process, and names no error of its own', async () => {
  const { gateway, health } = field.site;
  assert.equal(gateway.child.exitCode, null);
  assert.equal((await fetch(`${health}/livez`)).status, 200);
  const errors = gateway.stderr.all.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
  // Of what a hostile front answered the gateway could not evaluate a rule, or read the answer, and says so; and a disk
  // was made to fail for one recording.
  const expected = ['ERR_POLICY_UNAVAILABLE', 'ERR_ANSWER_MALFORMED', 'ERR_RECORDING_FAILED'];
  assert.deepEqual(
    errors.filter(({ fault }) => !expected.includes(fault)),
    [],
  );
});

test('both logs join', async (context) => {
  const { both, oneSided } = await assertJoined(field.site, ['lab'], field.front.containers.exchanges);
  context.diagnostic(`${both} exchanges on both sides, ${oneSided} refused by us alone`);
});

test('the table of attacks', () => {
  process.stdout.write(`\n${formatTable(outcomes)}\n\n`);
  assert.equal(ROWS.length, 36);
});
