// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { challengeOf, type LogRecord, saidDigest, shownDigest } from '@countersign/evidence';
import { openDiskLog } from '@countersign/gateway';
import { sealedCrypto } from '@countersign/gateway/sealed-crypto';
import { runCommand } from './command-fixture.ts';
import { nodeLogCrypto } from './evidence/node-crypto.ts';

const ORIGIN = 'gateway.test/audit/0';
const SITE = { origin: 'https://countersign.example', rpId: 'countersign.example' };
const DIGEST = 'a'.repeat(64);
const ESCAPE = 'because\u001b[2J';
const PERSON = 'grace@example.com';
const card = { action: 'delete configmaps drafts', effect: { summary: 'deletes \u202e it', changes: [], omitted: 0 } };

const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const passkey = randomBytes(32).toString('base64url');
const salt = randomBytes(32);
const shown = shownDigest(sealedCrypto.hmacSha256, salt, card);
const approver = { issuer: 'https://people.example', subject: PERSON };
const common = (approval: string) => ({ approval, exchange: randomUUID(), cluster: 'lab' });

const registered: LogRecord = {
  type: 'passkey.registered',
  by: PERSON,
  passkey,
  algorithm: -7,
  publicKey: keyPair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64url'),
  ...SITE,
};

function asked(approval: string, more: Partial<Extract<LogRecord, { type: 'approval.asked' }>> = {}): LogRecord {
  const sealed = { shown: { salt: salt.toString('hex'), card } };
  const expiresAt = '2026-01-01T00:01:00.000000Z';
  return {
    type: 'approval.asked',
    ...common(approval),
    digest: DIGEST,
    rules: [],
    groups: ['platform'],
    expiresAt,
    shown,
    sealed,
    ...more,
  };
}

/** A verdict as it stands in a log, and what a passkey signed for it: the same, unless `signed` says otherwise. */
function verdictRecord(
  approval: string,
  signed: { readonly verdict?: 'approve' | 'deny'; readonly reason?: string } = {},
) {
  const nonce = randomBytes(32);
  const said = saidDigest(sealedCrypto.hmacSha256, nonce, { approver, reason: signed.reason ?? ESCAPE });
  const statement = { approval, digest: DIGEST, shown, verdict: signed.verdict ?? 'approve', said } as const;
  const challenge = Buffer.from(challengeOf(nodeLogCrypto().hash, statement)).toString('base64url');
  const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin: SITE.origin }));
  const authenticatorData = Buffer.concat([hash('sha256', SITE.rpId, 'buffer'), Buffer.from([5, 0, 0, 0, 1])]);
  const message = Buffer.concat([authenticatorData, hash('sha256', clientData, 'buffer')]);
  const [clientText, dataText, signature] = [
    clientData,
    authenticatorData,
    sign('sha256', message, keyPair.privateKey),
  ].map((bytes) => bytes.toString('base64url'));
  const countersignature = { passkey, shown, said, clientData: clientText, authenticatorData: dataText, signature };
  const sealed = { countersignature: { nonce: nonce.toString('base64url'), approver, reason: ESCAPE } };
  return {
    type: 'approval.approved',
    ...common(approval),
    by: PERSON,
    digest: DIGEST,
    countersignature,
    sealed,
  } as LogRecord;
}

let root: string;
let args: readonly string[];
const ids = {
  good: randomUUID(),
  plain: randomUUID(),
  denied: randomUUID(),
  reason: randomUUID(),
  digest: randomUUID(),
};
const elsewhere = randomUUID();

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'countersign-approvals-'));
  const clock = { publishMs: 3_600_000, heartbeatMs: 3_600_000, spaceCheckMs: 3_600_000, lowSpacePercent: 0 };
  const place = { home: join(root, 'home'), keyDir: join(root, 'keys'), segmentBytes: 64 * 1_024 };
  const log = await openDiskLog({ ...place, ...clock, origin: ORIGIN, gateway: 'gateway', version: '0.0.0' });
  await writeFile(join(root, 'trust'), `log ${log.vkey}\nquorum none\n`);
  args = ['--log', join(root, 'home', 'log'), '--trust', join(root, 'trust')];
  const used = { type: 'approval.used', ...common(ids.good), digest: DIGEST } as const;
  await log.append([registered]);
  const sealed = { reason: 'disk full\u001b[2J' };
  const reasoned = { type: 'approval.reasoned', ...common(ids.good), by: 'worker', sealed } as const;
  await log.append([asked(ids.good), reasoned, verdictRecord(ids.good), used]);
  await log.append([asked(ids.plain), { type: 'approval.denied', ...common(ids.plain), by: PERSON, digest: DIGEST }]);
  await log.append([asked(ids.denied), verdictRecord(ids.denied, { verdict: 'deny' })]);
  await log.append([asked(ids.reason), verdictRecord(ids.reason, { reason: 'another' })]);
  await log.append([asked(ids.digest, { digest: 'b'.repeat(64) }), verdictRecord(ids.digest)]);
  await log.append([verdictRecord(elsewhere)]);
  await log.close();
});
after(() => rm(root, { recursive: true }));

const verify = (id: string, ...more: readonly string[]) => runCommand('approvals', 'verify', id, ...args, ...more);

test('verifies what a passkey signed, and says what that does not prove', async () => {
  const { out, exitCode } = await verify(ids.good);
  assert.equal(exitCode, 0, out);
  assert.match(out, /^YES {6}entry \d+, \S+, by ~\S+$/m);
  assert.match(out, new RegExp(`signed by passkey ${passkey}, over this approval, digest, card and verdict$`, 'm'));
  assert.match(out, /registered in entry 1 at https:\/\/countersign\.example$/m);
  assert.match(out, /^USED {5}entry \d+/m);
  assert.match(out, /^RESULT {3}VERIFIED$/m);
  assert.match(out, /- whose pseudonyms these are/);
  assert.match(out, /^REASONED entry \d+, \S+ by worker$/m);
  assert.doesNotMatch(out, /grace|because|disk full/);
});

test('tells who has the keys whose it is, why, and of what card, harmless on a terminal', async () => {
  const { out, exitCode } = await verify(ids.good, '--keys', join(root, 'keys'));
  assert.equal(exitCode, 0, out);
  assert.match(out, /said by grace@example\.com of https:\/\/people\.example: because\\u\{1b\}\[2J$/m);
  assert.match(out, /^REASONED entry \d+, \S+ by worker: disk full\\u\{1b\}\[2J$/m);
  assert.match(out, /^WOULD {4}deletes \\u\{202e\} it$/m);
  const json = JSON.parse((await verify(ids.good, '--keys', join(root, 'keys'), '-o', 'json')).out);
  assert.deepEqual([json.result, json.verdicts[0].said.approver.subject], ['verified', PERSON]);
});

test('says of a verdict by a token that no passkey signed it', async () => {
  const { out, exitCode } = await verify(ids.plain);
  assert.equal(exitCode, 0, out);
  assert.match(out, /^NO {7}entry \d+.*\n {9}by a token alone: no passkey signed it$/m);
  assert.match(out, /- that who is named said what no passkey signed/);
});

test('fails for a verdict, a digest or a reason that is not what was signed', async () => {
  const denied = await verify(ids.denied);
  assert.deepEqual([denied.exitCode, /entry \d+: what was signed is not this verdict/.test(denied.out)], [1, true]);
  const digest = await verify(ids.digest);
  assert.deepEqual([digest.exitCode, /its digest is not of what was asked for/.test(digest.out)], [1, true]);
  assert.equal((await verify(ids.reason)).exitCode, 0);
  const reason = await verify(ids.reason, '--keys', join(root, 'keys'));
  assert.deepEqual([reason.exitCode, /who said it, and why, is not what was signed/.test(reason.out)], [1, true]);
});

test('is incomplete where the log does not have it, and wrong usage without an id', async () => {
  const { out, exitCode } = await verify(elsewhere);
  assert.deepEqual([exitCode, /^MISSING {2}that it was asked for is not in this log$/m.test(out)], [2, true]);
  assert.equal((await verify(randomUUID())).exitCode, 2);
  assert.equal((await verify('1')).exitCode, 3);
});

test('fails for a log of which one byte was changed', async () => {
  const wal = join(root, 'home', 'log', 'wal');
  const [segment = ''] = await readdir(wal);
  const file = await open(join(wal, segment), 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 2_000);
  await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, 2_000);
  await file.close();
  const { out, exitCode } = await verify(ids.good);
  assert.equal(exitCode, 1, out);
  assert.match(out, /^RESULT {3}FAILED$/m);
});
