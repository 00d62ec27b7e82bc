// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { WebAuthnSite } from './web-authn-site.ts';

const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_CREDENTIAL = 0x40;

/** What an attacker, or a browser that is broken, does otherwise than it should. */
export interface Ceremony {
  readonly site?: WebAuthnSite;
  readonly isUserVerified?: boolean;
  readonly counter?: number;
  /** The credential that it says it is. */
  readonly id?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
}

function bytesOf(value: Buffer): Buffer {
  const head = Buffer.from([0x59, 0, 0]);
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}

function textOf(value: string): Buffer {
  return Buffer.from([0x60 + value.length, ...Buffer.from(value)]);
}

/** A key of ES256 in COSE. @see RFC 9053 7.1.1 */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const [left, right] = [x, y].map((one) => Buffer.from(one, 'base64url'));
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    left ?? Buffer.alloc(0),
    Buffer.from([0x22, 0x58, 0x20]),
    right ?? Buffer.alloc(0),
  ]);
}

/** An authenticator with one credential of ES256, and the browser before it, written from the specification alone. */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly #site: WebAuthnSite;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #counter = 0;

  constructor(site: WebAuthnSite) {
    this.#site = site;
  }

  create(options: PublicKeyCredentialCreationOptionsJSON, ceremony: Ceremony = {}): RegistrationResponseJSON {
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, coseKey(this.#keys.publicKey)]);
    const data = Buffer.concat([this.#data(WITH_CREDENTIAL, ceremony), credential]);
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      ...[textOf('fmt'), textOf('none'), textOf('attStmt'), Buffer.from([0xa0])],
      ...[textOf('authData'), bytesOf(data)],
    ]);
    const clientDataJSON = this.#clientData(options.challenge, { type: 'webauthn.create', ...ceremony });
    const response = { clientDataJSON, attestationObject: attestation.toString('base64url') };
    return { id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} };
  }

  get(
    options: Pick<PublicKeyCredentialRequestOptionsJSON, 'challenge'>,
    ceremony: Ceremony = {},
  ): AuthenticationResponseJSON {
    const { id = this.id } = ceremony;
    const authenticatorData = this.#data(0, ceremony);
    const clientDataJSON = this.#clientData(options.challenge, { type: 'webauthn.get', ...ceremony });
    const signed = Buffer.concat([
      authenticatorData,
      hash('sha256', Buffer.from(clientDataJSON, 'base64url'), 'buffer'),
    ]);
    const signature = sign('sha256', signed, this.#keys.privateKey).toString('base64url');
    const response = { clientDataJSON, authenticatorData: authenticatorData.toString('base64url'), signature };
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }

  #data(flags: number, { site = this.#site, isUserVerified = true, counter }: Ceremony): Buffer {
    this.#counter += 1;
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | PRESENT | (isUserVerified ? VERIFIED : 0));
    head.writeUInt32BE(counter ?? this.#counter, 1);
    return Buffer.concat([hash('sha256', site.rpId, 'buffer'), head]);
  }

  #clientData(challenge: string, { type, site = this.#site, crossOrigin = false }: Ceremony): string {
    return Buffer.from(JSON.stringify({ type, challenge, origin: site.origin, crossOrigin })).toString('base64url');
  }
}
