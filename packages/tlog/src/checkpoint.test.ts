// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCheckpoint, parseCheckpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { cosignatureVerifier, cosigner } from './cosignature.ts';
import type { Ed25519Verifier, Hash } from './crypto.ts';
import { leafHash } from './leaf.ts';
import { MAX_TREE_SIZE, merkleRoot, nodeHash } from './merkle.ts';
import { noteSigner, noteVerifier } from './note.ts';
import { formatProof, parseProof, verifyProof } from './proof.ts';
import { COSIGNATURE_V1, ED25519, verifierKey } from './vkey.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519: Ed25519Verifier = {
  verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};
const ORIGIN = 'gateway.example/audit/main';
const keys = generateKeyPairSync('ed25519');
const signer = {
  publicKey: keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length),
  sign: (message: Uint8Array) => sign(null, message, keys.privateKey),
};
const log = noteSigner(hash, ORIGIN, signer);
const logKey = noteVerifier(ed25519, verifierKey(hash, ORIGIN, ED25519, signer.publicKey));
const root = new Uint8Array(32).fill(7);
const ROOT = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=';

test('a checkpoint reads back, sizes over 2^53 included', () => {
  assert.equal(formatCheckpoint({ origin: ORIGIN, size: 12n, root }), `${ORIGIN}\n12\n${ROOT}\n`);
  fc.assert(
    fc.property(
      fc.bigInt(0n, MAX_TREE_SIZE),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.array(fc.stringMatching(/^[ -~]+$/), { maxLength: 3 }),
      (size, anyRoot, extensions) => {
        const checkpoint = { origin: ORIGIN, size, root: anyRoot, extensions };
        const parsed = parseCheckpoint(formatCheckpoint(checkpoint));
        assert.deepEqual({ ...parsed, root: Buffer.from(parsed.root) }, { ...checkpoint, root: Buffer.from(anyRoot) });
      },
    ),
  );
});

test('other spellings are refused', () => {
  for (const text of [
    '',
    `${ORIGIN}\n12\n${ROOT}`,
    `${ORIGIN}\n12\n`,
    `\n12\n${ROOT}\n`,
    `${ORIGIN}\n012\n${ROOT}\n`,
    `${ORIGIN}\n+12\n${ROOT}\n`,
    `${ORIGIN}\n-1\n${ROOT}\n`,
    `${ORIGIN}\n 12\n${ROOT}\n`,
    `${ORIGIN}\n0x12\n${ROOT}\n`,
    `${ORIGIN}\n1e3\n${ROOT}\n`,
    `${ORIGIN}\n١٢\n${ROOT}\n`,
    `${ORIGIN}\n${MAX_TREE_SIZE + 1n}\n${ROOT}\n`,
    `${ORIGIN}\n12\n${ROOT.replace('c=', 'd=')}\n`,
    `${ORIGIN}\n12\n${ROOT.slice(0, -1)}\n`,
    `${ORIGIN}\n12\nBwcH\n`,
    `${ORIGIN}\n12\n${ROOT}\n\n`,
    `${ORIGIN}\n12\n${ROOT}\n\nextension\n`,
    `${ORIGIN}\n12\n${ROOT} \n`,
  ]) {
    assert.throws(() => parseCheckpoint(text), { code: 'ERR_TLOG_CHECKPOINT' }, JSON.stringify(text));
  }
  assert.throws(() => signCheckpoint({ origin: 'a\nb', size: 1n, root }, [log]), { code: 'ERR_TLOG_CHECKPOINT' });
});

test('a checkpoint counts when its log signed it, whoever else did', () => {
  const witnessKeys = { ...signer };
  const witness = cosigner(hash, 'witness.example', witnessKeys, () => 1n);
  const witnessKey = cosignatureVerifier(
    ed25519,
    verifierKey(hash, 'witness.example', COSIGNATURE_V1, signer.publicKey),
  );
  const both = signCheckpoint({ origin: ORIGIN, size: 1n, root }, [log, witness]);
  assert.equal(verifyCheckpoint(both, [logKey], [witnessKey]).note.signatures.length, 2);
  const alone = signCheckpoint({ origin: ORIGIN, size: 1n, root }, [witness]);
  assert.throws(() => verifyCheckpoint(alone, [logKey], [witnessKey]), { code: 'ERR_TLOG_UNSIGNED' });
  const foreign = signCheckpoint({ origin: 'other.example', size: 1n, root }, [log]);
  assert.throws(() => verifyCheckpoint(foreign, [logKey]), { code: 'ERR_TLOG_ORIGIN' });
});

const entries = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text));
const [one, two, three] = entries.map((entry) => leafHash(hash, entry)) as [Uint8Array, Uint8Array, Uint8Array];
const checkpoint = signCheckpoint({ origin: ORIGIN, size: 3n, root: merkleRoot(hash, [one, two, three]) }, [log]);
const proof = { index: 0n, path: [two, three], checkpoint };

test('a proof reads back and verifies for its entry alone', () => {
  for (const extra of [undefined, new Uint8Array(0), Uint8Array.of(1, 2, 3)]) {
    const whole = extra === undefined ? proof : { ...proof, extra };
    const parsed = parseProof(formatProof(whole));
    assert.deepEqual(Buffer.from(parsed.extra ?? [9]), Buffer.from(extra ?? [9]));
    assert.equal(verifyProof(hash, parsed, entries[0] as Uint8Array, [logKey]).checkpoint.size, 3n);
    assert.throws(() => verifyProof(hash, parsed, entries[1] as Uint8Array, [logKey]), { code: 'ERR_TLOG_INCLUSION' });
  }
  const last = { index: 2n, path: [nodeHash(hash, one, two)], checkpoint };
  verifyProof(hash, parseProof(formatProof(last)), entries[2] as Uint8Array, [logKey]);
});

test('the proof of the only entry has no hashes', () => {
  const single = signCheckpoint({ origin: ORIGIN, size: 1n, root: one }, [log]);
  const parsed = parseProof(formatProof({ index: 0n, path: [], checkpoint: single }));
  assert.equal(parsed.path.length, 0);
  verifyProof(hash, parsed, entries[0] as Uint8Array, [logKey]);
});

test('malformed proofs are refused', () => {
  const text = new TextDecoder().decode(formatProof(proof));
  for (const bad of [
    '',
    text.replace('@v1', '@v2'),
    text.replace('index 0', 'index 00'),
    text.replace('index 0', 'index -1'),
    text.replace('index 0', `index ${2n ** 63n}`),
    text.replace('index 0\n', ''),
    text.replace('index 0', 'extra AA=\nindex 0'),
    text.replace('index 0', 'index 0\nindex 0'),
    text.replace('index 0', 'index 0\nAAAA'),
    text.replace('index 0', `index 0${'\n'.concat(ROOT).repeat(64)}`),
    text.replace('\n\n', '\n'),
    text.replaceAll('\n', '\r\n'),
  ]) {
    const read = () => verifyProof(hash, parseProof(new TextEncoder().encode(bad)), entries[0] as Uint8Array, [logKey]);
    assert.throws(read, { name: 'TlogError' }, JSON.stringify(bad.slice(0, 80)));
  }
});

test('no flip of one bit leaves a proof standing', () => {
  const bytes = formatProof(proof);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
    assert.throws(() => verifyProof(hash, parseProof(flipped), entries[0] as Uint8Array, [logKey]), `byte ${at}`);
  }
});
