// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  ED25519,
  formatVerifierKey,
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  type VerifierKey,
  verifierKey,
} from '@countersign/tlog';
import { writeDurableFile } from './durable-file.ts';
import { LogError } from './log-error.ts';
import { sha256 } from './sha256.ts';

const FILE = 'log.key';

/** The key that signs checkpoints, under the log's origin as its name. */
export interface LogKey {
  readonly vkey: string;
  readonly signer: NoteSigner;
  readonly verifier: NoteVerifier;
}

/**
 * The log's key from `keyDir`. `create` makes one, for a log that has no records yet.
 * @throws LogError `ERR_LOG_KEY`
 */
export async function loadLogKey(keyDir: string, origin: string, create: boolean): Promise<LogKey> {
  const path = join(keyDir, FILE);
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && create) return undefined;
    throw new LogError('ERR_LOG_KEY', `the key of the log can't be read: ${path}`, { cause: error });
  });
  return logKey(origin, pem === undefined ? await createKey(path, keyDir) : readKey(pem, path));
}

/** Writes what an auditor needs to trust this log, as a C2SP tlog-policy without witnesses. */
export async function writeTrustFile(path: string, vkey: string): Promise<void> {
  const text = Buffer.from(`log ${vkey}\nquorum none\n`);
  await writeDurableFile(path, text, { tmp: dirname(path), mode: 0o644 });
}

async function createKey(path: string, keyDir: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeDurableFile(path, Buffer.from(pem), { tmp: keyDir });
  return privateKey;
}

function readKey(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new LogError('ERR_LOG_KEY', `not a private key: ${path}`, { cause });
  }
  throw new LogError('ERR_LOG_KEY', `not an Ed25519 key: ${path}`);
}

function logKey(origin: string, privateKey: KeyObject): LogKey {
  const publicKeyObject = createPublicKey(privateKey);
  const { x = '' } = publicKeyObject.export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  const key: VerifierKey = verifierKey(sha256, origin, ED25519, publicKey);
  return {
    vkey: formatVerifierKey(key),
    signer: noteSigner(sha256, origin, { publicKey, sign: (message) => sign(null, message, privateKey) }),
    verifier: noteVerifier(
      { verify: (_, message, signature) => verify(null, message, publicKeyObject, signature) },
      key,
    ),
  };
}
