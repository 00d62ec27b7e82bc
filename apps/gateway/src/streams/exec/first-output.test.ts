// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_OUTPUT_MS, firstOutputMs } from './first-output.ts';

for (const [userAgent, ms] of [
  ['kubectl/v1.37.2 (linux/amd64) kubernetes/1234567', 0],
  ['kubectl.exe/v1.34.0 (windows/amd64) kubernetes/1234567', 0],
  ['kubectl/v1.34.0-eks-1234567 (linux/amd64) kubernetes/1234567', 0],
  ['kubectl/v1.33.4 (linux/amd64) kubernetes/1234567', FIRST_OUTPUT_MS],
  ['kubectl/v1.30.0 (linux/amd64) kubernetes/1234567', FIRST_OUTPUT_MS],
  ['kubectl/v1.340', FIRST_OUTPUT_MS],
  ['mine/v1.37.2 (linux/amd64) kubernetes/1234567', FIRST_OUTPUT_MS],
  ['mine (like kubectl/v1.37.2)', FIRST_OUTPUT_MS],
  ['', FIRST_OUTPUT_MS],
  [undefined, FIRST_OUTPUT_MS],
] as const) {
  test(`${userAgent} is told nothing for ${ms} ms`, () => assert.equal(firstOutputMs(userAgent), ms));
}
