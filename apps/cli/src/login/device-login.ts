// SPDX-License-Identifier: Apache-2.0
import { decodeJwt } from 'jose';
import {
  allowInsecureRequests,
  type Configuration,
  customFetch,
  discovery,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  refreshTokenGrant,
  tokenRevocation,
} from 'openid-client';
import { CliError } from '../cli-error.ts';
import { fetchBounded, providerUrl } from '../credential/provider-fetch.ts';
import type { LoginSettings, LoginTokens } from './logins.ts';

const TIMEOUT_SECONDS = 10;
/** What a provider may ask for of time, at most: for a code to be good, and between two questions. */
const MAX_CODE_SECONDS = 3_600;
const MAX_INTERVAL_SECONDS = 60;
const USUAL_INTERVAL_SECONDS = 5;

/** What a person does in a browser, and what comes of it. */
export interface DeviceLogin {
  readonly place: string;
  /** The same place with the code in it, where the provider has one. */
  readonly placeWithCode: string | undefined;
  readonly userCode: string;
  /** Waits until the person has said yes or no. @throws CliError (1) */
  readonly finish: () => Promise<LoginTokens>;
}

const WORDS: Readonly<Record<string, (of: LoginSettings) => string>> = {
  access_denied: () => 'nobody was logged in: the login was refused in the browser',
  expired_token: () => 'nobody was logged in: the code expired before anybody said yes to it; run this again',
  invalid_client: ({ issuer, clientId }) => `${issuer} knows no client ${clientId} without a secret: check --client-id`,
  unauthorized_client: ({ issuer, clientId }) =>
    `${issuer} lets nobody log in to ${clientId} by device code: allow it there, or check --client-id`,
  invalid_scope: ({ issuer, scope }) => `${issuer} does not give scope ${JSON.stringify(scope)}: name another, --scope`,
  invalid_target: ({ issuer }) => `${issuer} does not serve that --resource`,
};

function wordsOf(word: string, of: LoginSettings): string | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word]?.(of) : undefined;
}

function cliErrorIn(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  return error instanceof Error && error.cause !== undefined ? cliErrorIn(error.cause) : undefined;
}

/** The word that OAuth has for what went wrong, if any: nothing else of what a provider says is repeated. */
function oauthWord(error: unknown): string | undefined {
  const { error: word } = Object(error);
  return typeof word === 'string' && /^[\w.-]{1,64}$/.test(word) ? word : undefined;
}

/** What went wrong with an identity provider, in plain words. */
function inWords(cause: unknown, of: LoginSettings): CliError {
  const known = cliErrorIn(cause);
  if (known) return known;
  const word = oauthWord(cause);
  const { code } = Object(cause);
  const why = word ?? (typeof code === 'string' ? code : "an answer that can't be used");
  return new CliError(1, (word && wordsOf(word, of)) ?? `${of.issuer} gave no token (${why})`, { cause });
}

/** What the provider publishes. @throws CliError (1) */
async function discover({ issuer, clientId }: LoginSettings): Promise<Configuration> {
  const url = providerUrl(issuer, 'the issuer');
  try {
    return await discovery(url, clientId, {}, None(), {
      // Plain HTTP is asked on this machine alone: `providerUrl` looks at each place again.
      execute: url.protocol === 'http:' ? [allowInsecureRequests] : [],
      [customFetch]: (place, { method, headers, body, signal }) =>
        fetchBounded(providerUrl(place, `a place of ${issuer}`), {
          method,
          headers,
          ...(body instanceof URLSearchParams ? { body } : {}),
          ...(signal ? { signal } : {}),
        }),
      timeout: TIMEOUT_SECONDS,
    });
  } catch (cause) {
    const known = cliErrorIn(cause);
    if (known) throw known;
    throw new CliError(1, `${issuer} has no discovery document of its own: check --issuer, to the last slash`, {
      cause,
    });
  }
}

/** @throws CliError (1) */
function tokensOf(
  answer: { readonly access_token: string; readonly refresh_token?: string },
  { issuer }: LoginSettings,
  before?: string,
): LoginTokens {
  let exp: unknown;
  try {
    ({ exp } = decodeJwt(answer.access_token));
  } catch {
    // Said below: the error would quote the token.
  }
  if (typeof exp !== 'number' || !Number.isSafeInteger(exp))
    throw new CliError(1, `${issuer} gave no JWT with an expiry, and the gateway takes nothing else`);
  const refreshToken = answer.refresh_token ?? before;
  return { accessToken: answer.access_token, expiresAtMs: exp * 1_000, refreshToken };
}

function parametersOf({ scope, resource }: LoginSettings): Record<string, string> {
  return { scope, ...(resource === undefined ? {} : { resource }) };
}

/**
 * Asks for a code by which a person logs in with a browser, on whatever machine.
 * @throws CliError (1)
 * @see RFC 8628
 */
export async function beginDeviceLogin(settings: LoginSettings): Promise<DeviceLogin> {
  const provider = await discover(settings);
  if (provider.serverMetadata().device_authorization_endpoint === undefined)
    throw new CliError(1, `${settings.issuer} does not offer login by device code (RFC 8628)`);
  const begun = await initiateDeviceAuthorization(provider, parametersOf(settings)).catch((cause: unknown) => {
    throw inWords(cause, settings);
  });
  const page = `the page of ${settings.issuer} to log in at`;
  const complete = begun.verification_uri_complete;
  const bounded = {
    ...begun,
    expires_in: Math.min(begun.expires_in, MAX_CODE_SECONDS),
    interval: Math.min(begun.interval ?? USUAL_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS),
  };
  return {
    place: providerUrl(begun.verification_uri, page).href,
    placeWithCode: complete === undefined ? undefined : providerUrl(complete, page).href,
    userCode: begun.user_code,
    async finish() {
      try {
        const resource = settings.resource === undefined ? {} : { resource: settings.resource };
        return tokensOf(await pollDeviceAuthorizationGrant(provider, bounded, resource), settings);
      } catch (cause) {
        // The library's own clock is that of the code.
        if (Object(cause).code === 'OAUTH_TIMEOUT') throw inWords({ error: 'expired_token' }, settings);
        throw inWords(cause, settings);
      }
    },
  };
}

/** Further tokens of a login. @throws CliError (1) */
export async function renewTokens(settings: LoginSettings, refreshToken: string): Promise<LoginTokens> {
  const provider = await discover(settings);
  const resource = settings.resource === undefined ? {} : { resource: settings.resource };
  try {
    return tokensOf(await refreshTokenGrant(provider, refreshToken, resource), settings, refreshToken);
  } catch (cause) {
    if (oauthWord(cause) === 'invalid_grant')
      throw new CliError(1, `your login at ${settings.control} has ended: run "countersign login" again`, { cause });
    throw inWords(cause, settings);
  }
}

/** Has the provider give no more tokens for a login; false where it doesn't offer that. @throws CliError (1) */
export async function revokeLogin(settings: LoginSettings, refreshToken: string): Promise<boolean> {
  const provider = await discover(settings);
  if (provider.serverMetadata().revocation_endpoint === undefined) return false;
  await tokenRevocation(provider, refreshToken, { token_type_hint: 'refresh_token' }).catch((cause: unknown) => {
    throw inWords(cause, settings);
  });
  return true;
}
