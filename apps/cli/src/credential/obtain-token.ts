// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';
import { readClientKey, signAssertion } from './client-assertion.ts';
import type { CredentialSource } from './credential-source.ts';
import { fetchProvider, type ProviderAnswer, providerUrl } from './provider-fetch.ts';
import { readSmallFile } from './small-file.ts';

type ClientSource = Exclude<CredentialSource, { kind: 'token-file' }>;

export interface ObtainedToken {
  readonly token: string;
  /** Names where it came from, for errors. */
  readonly origin: string;
}

async function discoverTokenEndpoint(issuer: string): Promise<URL> {
  const base = providerUrl(issuer, 'the issuer');
  const location = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { status, body } = await fetchProvider(location);
  if (status !== 200 || body.issuer !== issuer) {
    throw new CliError(
      1,
      `${location.href} is not the discovery document of ${issuer}: check --issuer, to the last slash`,
    );
  }
  const endpoint = providerUrl(body.token_endpoint, `the token endpoint of ${issuer}`);
  if (base.protocol === 'https:' && endpoint.protocol !== 'https:') {
    throw new CliError(1, `the token endpoint of ${issuer} must be https`);
  }
  return endpoint;
}

interface ClientProof {
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
  readonly file: string;
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function basicCredentials(clientId: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64');
}

async function proveClient(source: ClientSource): Promise<ClientProof> {
  if (source.kind === 'client-secret') {
    const file = source.secretFile;
    const authorization = `Basic ${basicCredentials(source.clientId, await readSmallFile(file, 'the client secret'))}`;
    return { headers: { authorization }, parameters: {}, file };
  }
  const file = source.keyFile;
  const key = readClientKey(await readSmallFile(file, 'the client key'), file);
  const named = source.keyId === undefined ? key : { ...key, keyId: source.keyId };
  const parameters = {
    client_id: source.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signAssertion(source.clientId, source.issuer, named),
  };
  return { headers: {}, parameters, file };
}

function readAccessToken({ status, body }: ProviderAnswer, { issuer, clientId }: ClientSource, file: string): string {
  if (status !== 200) {
    const code = typeof body.error === 'string' ? body.error.replace(/[^\w.-]/g, ' ').slice(0, 64) : 'no reason given';
    const advice = code === 'invalid_client' ? `: check that ${file} belongs to this client` : '';
    throw new CliError(1, `${issuer} gave client ${clientId} no token (${status}, ${code})${advice}`);
  }
  const { access_token: token, token_type: type } = body;
  if (typeof token !== 'string' || typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new CliError(1, `${issuer} gave client ${clientId} no bearer token`);
  }
  return token;
}

async function requestToken(source: ClientSource): Promise<string> {
  const { headers, parameters, file } = await proveClient(source);
  const endpoint = await discoverTokenEndpoint(source.issuer);
  const answer = await fetchProvider(endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(source.scope === undefined ? {} : { scope: source.scope }),
      ...(source.resource === undefined ? {} : { resource: source.resource }),
      ...parameters,
    }),
  });
  return readAccessToken(answer, source, file);
}

/**
 * Gets a token from its source, anew each time: nothing is kept on disk.
 * @throws CliError
 */
export async function obtainToken(source: CredentialSource): Promise<ObtainedToken> {
  if (source.kind === 'token-file') {
    return { token: await readSmallFile(source.tokenFile, 'the token file'), origin: source.tokenFile };
  }
  return { token: await requestToken(source), origin: source.issuer };
}
