// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { providerUrl } from './provider-fetch.ts';

interface OidcClient {
  /** Exactly as the provider names itself. */
  readonly issuer: string;
  readonly clientId: string;
  readonly scope?: string | undefined;
  /** Resource indicator (RFC 8707), for providers that make the audience of it. */
  readonly resource?: string | undefined;
}

/** Where an agent's token comes from. Secrets are named by file, never given. */
export type CredentialSource =
  | { readonly kind: 'token-file'; readonly tokenFile: string }
  | (OidcClient & { readonly kind: 'client-secret'; readonly secretFile: string })
  | (OidcClient & { readonly kind: 'client-key'; readonly keyFile: string; readonly keyId?: string | undefined });

/** The options of the command line that name a source, as commander gives them. */
export interface CredentialOptions {
  readonly tokenFile?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly clientKeyFile?: string;
  readonly keyId?: string;
  readonly scope?: string;
  readonly resource?: string;
}

/** Flags of those options, for help. */
export const CREDENTIAL_FLAGS: readonly (readonly [flags: string, description: string])[] = [
  ['--token-file <file>', 'a file with a token that something else renews, such as a projected service-account token'],
  ['--issuer <url>', 'OpenID provider to get a token from, by client credentials'],
  ['--client-id <id>', 'client id at that provider'],
  ['--client-secret-file <file>', 'file with the client secret'],
  ['--client-key-file <file>', "file with the client's private key, PEM or JWK (private_key_jwt)"],
  ['--key-id <kid>', "key id to name in the assertion; default: the JWK's"],
  ['--scope <scope>', 'scope to ask for'],
  ['--resource <uri>', 'resource to ask a token for (RFC 8707)'],
];

/** Whether the options name a source at all, good or not. */
export function namesCredential(options: CredentialOptions): boolean {
  const { tokenFile, issuer, clientId, clientSecretFile, clientKeyFile, keyId, scope, resource } = options;
  return [tokenFile, issuer, clientId, clientSecretFile, clientKeyFile, keyId, scope, resource].some(
    (option) => option !== undefined,
  );
}

/** What to name, in words. */
export const CREDENTIAL_WAYS =
  'name one source of tokens: --token-file, or --issuer and --client-id with --client-secret-file or --client-key-file';

function exclusive(options: CredentialOptions): void {
  const given = [options.tokenFile, options.clientSecretFile, options.clientKeyFile].filter(
    (file) => file !== undefined,
  );
  if (given.length !== 1) throw new CliError(3, CREDENTIAL_WAYS);
}

/**
 * Makes a source of the options; file names become absolute.
 * @throws CliError (3) when they name no source, more than one, or a provider that no secret may be sent to
 */
export function readCredentialSource(options: CredentialOptions): CredentialSource {
  exclusive(options);
  const { tokenFile, issuer, clientId, clientSecretFile, clientKeyFile, keyId, scope, resource } = options;
  if (tokenFile !== undefined) {
    if (issuer !== undefined || clientId !== undefined) throw new CliError(3, CREDENTIAL_WAYS);
    return { kind: 'token-file', tokenFile: resolve(tokenFile) };
  }
  if (issuer === undefined || clientId === undefined) throw new CliError(3, CREDENTIAL_WAYS);
  providerUrl(issuer, '--issuer', 3);
  const client = { issuer, clientId, scope, resource };
  return clientSecretFile === undefined
    ? { kind: 'client-key', ...client, keyFile: resolve(clientKeyFile ?? ''), keyId }
    : { kind: 'client-secret', ...client, secretFile: resolve(clientSecretFile) };
}

/** The arguments that make `countersign credential` read this source: the way back from `readCredentialSource`. */
export function credentialArguments(source: CredentialSource): readonly string[] {
  if (source.kind === 'token-file') return ['credential', '--token-file', source.tokenFile];
  const flags: (readonly [string, string | undefined])[] = [
    ['--issuer', source.issuer],
    ['--client-id', source.clientId],
    source.kind === 'client-secret'
      ? ['--client-secret-file', source.secretFile]
      : ['--client-key-file', source.keyFile],
    ['--key-id', source.kind === 'client-key' ? source.keyId : undefined],
    ['--scope', source.scope],
    ['--resource', source.resource],
  ];
  return ['credential', ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))];
}
