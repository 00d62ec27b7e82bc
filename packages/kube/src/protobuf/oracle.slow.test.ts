// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serializeJson } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import { builtInTypes } from './built-in-types.ts';
import { decodeProtobuf } from './decode-protobuf.ts';

const ORACLE = fileURLToPath(new URL('../../../../conformance/protobuf-oracle/', import.meta.url));
const EACH = Number(process.env.PROTOBUF_PAIRS ?? 40);
const MAX_OUTPUT_BYTES = 2 ** 30;

const hasGo = spawnSync('go', ['version']).status === 0;

test("Go's own types say what the table says, and make the same JSON of each object", (t) => {
  if (!hasGo) {
    assert.equal(process.env.CI, undefined, 'in CI the Go oracle must run, and go is not on the PATH');
    t.diagnostic('NOT RUN: the Go oracle of packages/kube (go is not on the PATH)');
    t.skip('go is not on the PATH');
    return;
  }
  const home = mkdtempSync(join(tmpdir(), 'protobuf-oracle-'));
  t.after(() => rmSync(home, { recursive: true }));
  const oracle = join(home, 'protobuf-oracle');
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  execFileSync('go', ['build', '-buildvcs=false', '-o', oracle, '.'], { cwd: ORACLE, env, stdio: 'pipe' });

  const ask = (...args: string[]) =>
    execFileSync(oracle, args, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES }).trimEnd();
  assert.equal(ask('table'), builtInTypes, 'the table is what Kubernetes says: `npm run generate:protobuf`');

  const seed = String(Date.now() % 1_000_000_007);
  t.diagnostic(`seed ${seed}`);
  const pairs = ask('pairs', String(EACH), seed).split('\n');
  assert.ok(pairs.length > 200 * EACH);
  for (const pair of pairs) {
    const [sent = '', json = ''] = pair.split('\t');
    const made = serializeJson(decodeProtobuf(Buffer.from(sent, 'base64')));
    assert.equal(made, serializeJson(parseJson(new TextEncoder().encode(json))), `seed ${seed}: ${sent}`);
  }
});
