// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import { createHash, createPrivateKey, webcrypto } from 'node:crypto';
import { connectorUri, TUNNEL_SERVER_NAME } from '@countersign/wire';
import * as x509 from '@peculiar/x509';
import type { Collection, KeyDocument } from '../store/store.ts';
import { TunnelRefusedError } from './tunnel-error.ts';

const KEY_NAME = 'connector-ca';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const AUTHORITY_LIFE_MS = 10 * 365 * 86_400_000;
const SERVER_LIFE_MS = 365 * 86_400_000;
/** Certificates are valid from a little earlier, for connectors whose clock is behind. */
const CLOCK_SKEW_MS = 5 * 60_000;
const CSR_MAX_CHARACTERS = 4_096;

/** A certificate and its key, both PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a connector's certificate is for, as the join token or the present certificate says. */
interface ConnectorSubject {
  readonly connector: string;
  readonly cluster: string;
  /** 32 lower-case hex digits, the first of them 4 to 7. */
  readonly serial: string;
  readonly notAfter: Date;
}

/** The gateway's own CA: it vouches for gateways to connectors and for connectors to gateways, and for nothing else. */
export interface CertificateAuthority {
  /** PEM: what a connector trusts. */
  readonly certificate: string;
  /** SHA-256 over the DER form, in lower-case hex. */
  readonly fingerprint: string;
  /** A new key and its certificate for a gateway's tunnel listener, good for a year. */
  issueServer(hostnames: readonly string[], now: Date): Promise<ServerIdentity>;
  /**
   * Rejects a signing request that `issueConnector` would not sign.
   * @throws TunnelRefusedError `ERR_TUNNEL_CSR`
   */
  assertSigningRequest(csr: string): Promise<void>;
  /**
   * The PEM certificate for the key in a signing request. Its subject, names and extensions are ignored.
   * @throws TunnelRefusedError `ERR_TUNNEL_CSR`
   */
  issueConnector(csr: string, subject: ConnectorSubject, now: Date): Promise<string>;
}

/**
 * Opens the CA that the store keeps, making it on first use. Gateways that share a store share the CA: whoever inserts
 * first has made it.
 */
export async function openCertificateAuthority(
  keys: Collection<KeyDocument>,
  now: Date,
): Promise<CertificateAuthority> {
  const stored = await keys.get(KEY_NAME);
  if (stored) return fromDocument(stored.value);
  const made = await makeDocument(now);
  if (await keys.insert(KEY_NAME, made)) return fromDocument(made);
  const theirs = await keys.get(KEY_NAME);
  if (!theirs)
    throw new TunnelRefusedError('ERR_TUNNEL_UNAVAILABLE', `the key ${KEY_NAME} went away while it was read`);
  return fromDocument(theirs.value);
}

/** One document holds key and certificate, so that no crash or race can part them: PKCS #8 PEM, then certificate PEM. */
async function makeDocument(now: Date): Promise<KeyDocument> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Countersign connector CA',
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFE_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = `${await exportPrivateKey(keys.privateKey)}${certificate.toString('pem')}\n`;
  return {
    algorithm: 'ECDSA-P256+X509-PEM',
    material: Buffer.from(pem).toString('base64'),
    createdAt: now.toISOString(),
  };
}

async function fromDocument(document: KeyDocument): Promise<CertificateAuthority> {
  const pem = Buffer.from(document.material, 'base64').toString();
  const border = pem.indexOf('-----BEGIN CERTIFICATE-----');
  const authority = new x509.X509Certificate(pem.slice(border));
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(pem.slice(0, border)).export({ type: 'pkcs8', format: 'der' }),
    ALGORITHM,
    false,
    ['sign'],
  );
  return {
    certificate: `${authority.toString('pem')}\n`,
    fingerprint: createHash('sha256').update(Buffer.from(authority.rawData)).digest('hex'),
    assertSigningRequest: async (csr) => void (await requestedKey(csr)),
    issueServer: (hostnames, now) => issueServer(authority, signingKey, hostnames, now),
    issueConnector: (csr, subject, now) => issueConnector(authority, signingKey, { csr, subject, now }),
  };
}

async function issueServer(
  authority: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  hostnames: readonly string[],
  now: Date,
): Promise<ServerIdentity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = [TUNNEL_SERVER_NAME, ...hostnames].map(
    (name): x509.JsonGeneralName => ({ type: /^[0-9.]+$|:/.test(name) ? 'ip' : 'dns', value: name }),
  );
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Countersign gateway',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: new Date(now.getTime() + SERVER_LIFE_MS),
    extensions: await leafExtensions(authority, x509.ExtendedKeyUsage.serverAuth, names),
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportPrivateKey(keys.privateKey) };
}

async function issueConnector(
  authority: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  { csr, subject, now }: { csr: string; subject: ConnectorSubject; now: Date },
): Promise<string> {
  const publicKey = await requestedKey(csr);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: subject.serial,
    subject: [{ CN: [subject.connector] }],
    issuer: authority.subject,
    publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: subject.notAfter,
    extensions: await leafExtensions(authority, x509.ExtendedKeyUsage.clientAuth, [
      { type: 'url', value: connectorUri(subject.cluster, subject.connector) },
    ]),
  });
  return `${certificate.toString('pem')}\n`;
}

async function leafExtensions(
  authority: x509.X509Certificate,
  usage: x509.ExtendedKeyUsage,
  names: x509.JsonGeneralNames,
): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([usage], true),
    new x509.SubjectAlternativeNameExtension(names),
    await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
}

/** The P-256 key of a signing request that proves possession of it. */
async function requestedKey(csr: string): Promise<webcrypto.CryptoKey> {
  const refusal = 'the signing request is not a PKCS #10 request for an ECDSA P-256 key, signed by that key';
  if (csr.length > CSR_MAX_CHARACTERS) throw new TunnelRefusedError('ERR_TUNNEL_CSR', refusal);
  try {
    const request = new x509.Pkcs10CertificateRequest(csr);
    const publicKey = await request.publicKey.export(ALGORITHM, ['verify']);
    if (await request.verify()) return publicKey;
  } catch (cause) {
    throw new TunnelRefusedError('ERR_TUNNEL_CSR', refusal, { cause });
  }
  throw new TunnelRefusedError('ERR_TUNNEL_CSR', refusal);
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, type: 'pkcs8', format: 'der' }).export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}
