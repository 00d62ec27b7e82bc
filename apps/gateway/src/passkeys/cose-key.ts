// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from 'node:crypto';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

/** EdDSA, ES256 and RS256: what authenticators have. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

const base64url = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64url');

type Jwk = Extract<Parameters<typeof createPublicKey>[0], { readonly format: 'jwk' }>['key'];

/** A key of COSE as a JWK. @throws TypeError for one that is none of `ALGORITHMS` */
function jwkOf(bytes: Uint8Array<ArrayBuffer>): Jwk {
  const key = decodeCredentialPublicKey(bytes);
  if (cose.isCOSEPublicKeyOKP(key) && key.get(cose.COSEKEYS.crv) === cose.COSECRV.ED25519)
    return { kty: 'OKP', crv: 'Ed25519', x: base64url(key.get(cose.COSEKEYS.x)) };
  if (cose.isCOSEPublicKeyEC2(key) && key.get(cose.COSEKEYS.crv) === cose.COSECRV.P256)
    return { kty: 'EC', crv: 'P-256', x: base64url(key.get(cose.COSEKEYS.x)), y: base64url(key.get(cose.COSEKEYS.y)) };
  if (cose.isCOSEPublicKeyRSA(key))
    return { kty: 'RSA', n: base64url(key.get(cose.COSEKEYS.n)), e: base64url(key.get(cose.COSEKEYS.e)) };
  throw new TypeError('no key of an algorithm that is taken');
}

/** A key of COSE as SubjectPublicKeyInfo in DER: what every tool reads. @throws TypeError where it is none that is taken */
export function subjectPublicKeyInfo(coseKey: Uint8Array<ArrayBuffer>): Buffer {
  return createPublicKey({ key: jwkOf(coseKey), format: 'jwk' }).export({ format: 'der', type: 'spki' });
}

export function algorithmOf(coseKey: Uint8Array<ArrayBuffer>): number | undefined {
  return decodeCredentialPublicKey(coseKey).get(cose.COSEKEYS.alg);
}
