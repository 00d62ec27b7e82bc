// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { cosignatureVerifier, cosigner, parseCosignature } from './cosignature.ts';
import type { Ed25519Signer, Ed25519Verifier, Hash } from './crypto.ts';
import {
  MAX_NOTE_SIGNATURES,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  parseNote,
  signNote,
  verifyNote,
} from './note.ts';
import { formatVerifierKey, parseVerifierKey, verifierKey } from './vkey.ts';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519: Ed25519Verifier = {
  verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

function newSigner(): Ed25519Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: rawKey(publicKey), sign: (message) => sign(null, message, privateKey) };
}

function rawKey(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const known = (vkey: string): NoteVerifier => noteVerifier(ed25519, parseVerifierKey(hash, vkey));

const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
const PETER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const ENOCH_KEY = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const WITNESS_KEY = 'witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN';
const WITNESSED = `rome2026h1.example.org
300
lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=

— rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z
— witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==
`;

test('the notes of the specification and of Go verify', () => {
  assert.equal(verifyNote(bytes(EXAMPLE_NOTE), [known(EXAMPLE_KEY)]).text, 'This is an example message.\n');
  const { signatures } = verifyNote(bytes(PETER_NOTE + ENOCH_LINE), [known(PETER_KEY), known(ENOCH_KEY)]);
  assert.deepEqual(
    signatures.map(({ name }) => name),
    ['PeterNeumann', 'EnochRoot'],
  );
});

test('a published cosignature verifies beside a signature of a type that is not supported', () => {
  const witness = cosignatureVerifier(ed25519, parseVerifierKey(hash, WITNESS_KEY));
  const note = verifyNote(bytes(WITNESSED), [witness]);
  assert.equal(parseCosignature(note.signatures[0]?.signature ?? new Uint8Array()).time, 1_767_139_200n);
  assert.deepEqual(
    note.ignored.map(({ name }) => name),
    ['rome2026h1.example.org'],
  );
  assert.throws(() => verifyNote(bytes(WITNESSED.replace('300', '301')), [witness]), { code: 'ERR_TLOG_SIGNATURE' });
});

test('verifier keys print as they were read, and no part or mutation of one is a key', () => {
  for (const vkey of [EXAMPLE_KEY, PETER_KEY, ENOCH_KEY, WITNESS_KEY]) {
    assert.equal(formatVerifierKey(parseVerifierKey(hash, vkey)), vkey);
  }
  const refuse = (vkey: string) => assert.throws(() => parseVerifierKey(hash, vkey), { code: 'ERR_TLOG_KEY' }, vkey);
  for (let start = 0; start <= PETER_KEY.length; start++) {
    for (let end = start + 1; end <= PETER_KEY.length; end++) {
      if (start !== 0 || end !== PETER_KEY.length) refuse(PETER_KEY.slice(start, end));
    }
    const next = String.fromCharCode((PETER_KEY.codePointAt(start) ?? 0) + 1);
    if (start < PETER_KEY.length) refuse(PETER_KEY.slice(0, start) + next + PETER_KEY.slice(start + 1));
  }
  refuse('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==');
  refuse('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  refuse(PETER_KEY.replace('c74f20a3', 'C74F20A3'));
  refuse(`${PETER_KEY}\n`);
});

test('a key has a name without white space and plus', () => {
  const { publicKey } = newSigner();
  for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u2028b', 'a\nb', 'a\u0001b', '\ud800']) {
    assert.throws(() => verifierKey(hash, name, 1, publicKey), { code: 'ERR_TLOG_KEY' }, JSON.stringify(name));
  }
  assert.equal(verifierKey(hash, 'gateway.example/audit/é', 1, publicKey).name, 'gateway.example/audit/é');
});

test('text and signatures divide at the last empty line', () => {
  const signer = noteSigner(hash, 'log.example', newSigner());
  for (const text of ['\n', 'one\n', '\n\n\n', 'one\n\ntwo\n', 'one\n\n— two abc\n\n', '\ufeffone\n']) {
    assert.equal(parseNote(signNote(text, [signer])).text, text, JSON.stringify(text));
  }
});

test('malformed notes are refused', () => {
  const line = EXAMPLE_NOTE.slice(EXAMPLE_NOTE.indexOf('—'));
  const refuse = (note: string | Uint8Array, why: string) =>
    assert.throws(
      () => verifyNote(typeof note === 'string' ? bytes(note) : note, [known(EXAMPLE_KEY)]),
      { code: 'ERR_TLOG_NOTE' },
      why,
    );
  refuse('', 'nothing');
  refuse('This is an example message.\n', 'no signatures');
  refuse('This is an example message.\n\n', 'no signature line');
  refuse(`This is an example message.\n${line}`, 'no empty line');
  refuse(EXAMPLE_NOTE.slice(0, -1), 'no newline at the end');
  refuse(`${EXAMPLE_NOTE}\n`, 'an empty line at the end');
  refuse(EXAMPLE_NOTE.replace('—', '-'), 'a hyphen');
  refuse(EXAMPLE_NOTE.replace('— ', '—  '), 'two spaces');
  refuse(EXAMPLE_NOTE.replace('.\n', '.\r\n'), 'a carriage return');
  refuse(EXAMPLE_NOTE.replace('This', 'This\t'), 'a tab');
  refuse(EXAMPLE_NOTE.replace('This', 'This\u0000'), 'a NUL');
  refuse(EXAMPLE_NOTE.replace('IneyaQM=', 'IneyaQN='), 'unused bits of base64');
  refuse(EXAMPLE_NOTE.replace('IneyaQM=', 'IneyaQM'), 'no padding');
  refuse(EXAMPLE_NOTE.replace('example.com/foo', 'example.com+foo'), 'a plus in the name');
  refuse(`${EXAMPLE_NOTE}— a AAAAAA==\n`, 'a signature of a key id alone');
  refuse(`${EXAMPLE_NOTE}— a\n`, 'no signature after the name');
  refuse(`${EXAMPLE_NOTE}—  AAAAAAA=\n`, 'no name');
  refuse(Buffer.concat([Buffer.of(0xff), Buffer.from(EXAMPLE_NOTE)]), 'not UTF-8');
  refuse('x'.repeat(1_048_577), 'too long');
});

test('unknown keys are ignored, even with the name or the id of a known one; a known one that fails refuses all', () => {
  const [signer, other] = [newSigner(), newSigner()];
  const log = noteSigner(hash, 'log.example', signer);
  const trusted = noteVerifier(ed25519, verifierKey(hash, 'log.example', 1, signer.publicKey));
  const sameName = noteSigner(hash, 'log.example', other);
  const sameId = { ...noteSigner(hash, 'other.example', other), keyId: log.keyId };
  const note = verifyNote(signNote('text\n', [sameName, sameId, log]), [trusted]);
  assert.equal(note.signatures.length, 1);
  assert.equal(note.ignored.length, 2);
  const forged = { ...log, sign: (text: string) => other.sign(bytes(text)) };
  assert.throws(() => verifyNote(signNote('text\n', [forged]), [trusted]), { code: 'ERR_TLOG_SIGNATURE' });
  assert.throws(() => verifyNote(signNote('text\n', [log, forged]), [trusted]), { code: 'ERR_TLOG_SIGNATURE' });
  assert.throws(() => verifyNote(signNote('text\n', [sameName, sameId]), [trusted]), { code: 'ERR_TLOG_UNSIGNED' });
  assert.throws(() => verifyNote(signNote('text\n', [log]), []), { code: 'ERR_TLOG_UNSIGNED' });
  assert.throws(() => verifyNote(signNote('text\n', [log]), [trusted, trusted]), { code: 'ERR_TLOG_KEY' });
});

test('a note has at most 100 signatures', () => {
  const signers = Array.from({ length: MAX_NOTE_SIGNATURES + 1 }, (_, i) => noteSigner(hash, `k${i}`, newSigner()));
  assert.equal(parseNote(signNote('text\n', signers.slice(1))).signatures.length, MAX_NOTE_SIGNATURES);
  assert.throws(() => parseNote(signNote('text\n', signers)), { code: 'ERR_TLOG_NOTE' });
});

test('only what can be read again is signed', () => {
  const signer = noteSigner(hash, 'log.example', newSigner());
  for (const text of ['', 'no newline', 'tab\t\n', '\ud800\n']) {
    assert.throws(() => signNote(text, [signer]), { code: 'ERR_TLOG_NOTE' }, JSON.stringify(text));
  }
  assert.throws(() => signNote('text\n', []), { code: 'ERR_TLOG_NOTE' });
  assert.throws(() => signNote('text\n', [{ ...signer, name: 'a b' }]), { code: 'ERR_TLOG_KEY' });
});

test('no flip of one bit leaves a signed note standing', () => {
  const note = bytes(PETER_NOTE);
  for (let at = 0; at < note.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = note.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      assert.throws(() => verifyNote(flipped, [known(PETER_KEY)]), `byte ${at}, bit ${bit}`);
    }
  }
});

test('cosignatures verify for their time and text alone', () => {
  const signer = newSigner();
  const witness = cosigner(hash, 'witness.example', signer, () => 1_790_000_000n);
  const verifier = cosignatureVerifier(ed25519, verifierKey(hash, 'witness.example', 4, signer.publicKey));
  const note = signNote('log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n', [witness]);
  const { text, signatures } = verifyNote(note, [verifier]);
  const blob = signatures[0]?.signature ?? new Uint8Array();
  assert.equal(parseCosignature(blob).time, 1_790_000_000n);
  const later = blob.slice();
  later[7] = (later[7] as number) ^ 1;
  assert.equal(verifier.verify(text, later), false);
  assert.equal(verifier.verify(text, blob.subarray(1)), false);
  assert.throws(() => cosignatureVerifier(ed25519, parseVerifierKey(hash, EXAMPLE_KEY)), { code: 'ERR_TLOG_KEY' });
  assert.throws(() => noteVerifier(ed25519, parseVerifierKey(hash, WITNESS_KEY)), { code: 'ERR_TLOG_KEY' });
  assert.throws(() => parseCosignature(new Uint8Array(72).fill(0xff)), { code: 'ERR_TLOG_COSIGNATURE' });
  assert.throws(() => cosigner(hash, 'w', signer, () => -1n).sign('text\n'), { code: 'ERR_TLOG_COSIGNATURE' });
});

test('base64 has one spelling for each value', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (value) => {
      assert.deepEqual(Buffer.from(decodeBase64(encodeBase64(value))), Buffer.from(value));
    }),
  );
  for (const bad of ['A', 'AA', 'AA=', 'AB==', 'AA==\n', ' AA==', 'A A==', '_-==', 'AA===', '=', 'AAA=A']) {
    assert.throws(() => decodeBase64(bad), { code: 'ERR_TLOG_BASE64' }, bad);
  }
});
