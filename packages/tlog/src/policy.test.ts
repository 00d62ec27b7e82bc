// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { encodeBase64 } from './base64.ts';
import type { Hash } from './crypto.ts';
import { meetsQuorum, parsePolicy } from './policy.ts';
import { COSIGNATURE_V1, ED25519, formatVerifierKey, verifierKey } from './vkey.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const key = (name: string, type: number, seed: number) =>
  formatVerifierKey(verifierKey(hash, name, type, new Uint8Array(32).fill(seed)));
const LOG = key('log.example', ED25519, 1);
const [X1, X2, X3, Y1] = [2, 3, 4, 5].map((seed) => key(`w${seed}.example`, COSIGNATURE_V1, seed));
const POLICY = `# trusted since the audit
 log ${LOG}\thttps://log.example

witness X1 ${X1}
witness X2 ${X2} https://w.example
witness X3 ${X3}
group X 2 X1 X2 X3
witness Y1 ${Y1}
group Y any Y1
group both all X Y
quorum both
`;

test('a policy names logs, witnesses and the quorum', () => {
  const policy = parsePolicy(hash, POLICY);
  assert.deepEqual(policy.logs.map(formatVerifierKey), [LOG]);
  assert.deepEqual(
    policy.witnesses.map(({ name }) => name),
    ['X1', 'X2', 'X3', 'Y1'],
  );
  for (const [cosigned, met] of [
    ['', false],
    ['X1 X2', false],
    ['X1 Y1', false],
    ['X1 X3 Y1', true],
    ['X1 X2 X3 Y1', true],
    ['both', false],
  ] as const) {
    assert.equal(meetsQuorum(policy, new Set(cosigned.split(' '))), met, cosigned);
  }
  assert.ok(meetsQuorum(parsePolicy(hash, `log ${LOG}\nquorum none\n`), new Set()));
});

test('what the format does not allow is refused with its line', () => {
  for (const [text, line] of [
    [`log ${LOG}\n`, ''],
    [`log ${LOG}\nquorum none\nquorum none\n`, '3'],
    [`log ${LOG}\nlog ${LOG}\nquorum none\n`, '2'],
    [`log ${LOG} url more\nquorum none\n`, '1'],
    [`log ${X1}\nquorum none\n`, '1'],
    [`log ${LOG.replace('+', '+0')}\nquorum none\n`, '1'],
    [`log\nquorum none\n`, '1'],
    [`witness w ${LOG}\nquorum w\n`, '1'],
    [`witness none ${X1}\nquorum none\n`, '1'],
    [`witness w ${X1}\nwitness w ${X2}\nquorum w\n`, '2'],
    [`witness w ${X1}\nwitness v ${X1}\nquorum w\n`, '2'],
    [`quorum w\nwitness w ${X1}\n`, '1'],
    [`witness w ${X1}\ngroup g 2 w\nquorum g\n`, '2'],
    [`witness w ${X1}\ngroup g 0 w\nquorum g\n`, '2'],
    [`witness w ${X1}\ngroup g some w\nquorum g\n`, '2'],
    [`witness w ${X1}\ngroup g any\nquorum g\n`, '2'],
    [`witness w ${X1}\ngroup g 1 w w\nquorum g\n`, '2'],
    [`group g any none\nquorum g\n`, '1'],
    [`witness w ${X1}\ngroup g all w\ngroup h all w\nquorum h\n`, '3'],
    [`trust ${LOG}\nquorum none\n`, '1'],
    [`log ${LOG}\r\nquorum none\n`, '1'],
    [`quorum none more\n`, '1'],
    [`${'#\n'.repeat(1_000)}quorum none\n`, ''],
  ] as const) {
    assert.throws(
      () => parsePolicy(hash, text),
      { code: 'ERR_TLOG_POLICY', message: line === '' ? /^/ : new RegExp(`^policy line ${line}:`) },
      JSON.stringify(text.slice(0, 200)),
    );
  }
  assert.throws(
    () => parsePolicy(hash, `log log.example+00000000+${encodeBase64(new Uint8Array(33))}\nquorum none\n`),
    {
      code: 'ERR_TLOG_POLICY',
    },
  );
});
