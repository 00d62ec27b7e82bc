// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';
import type { Login, Logins } from './logins.ts';

/** A token that ends sooner is renewed: the gateway gives no leeway for `exp`. */
const MARGIN_MS = 30_000;

const lasts = ({ tokens }: Login, nowMs: number) => tokens.expiresAtMs - MARGIN_MS > nowMs;

/**
 * A token of somebody who has logged in, renewed where it is about to end. A refresh token is good once, so one command at a
 * time renews, and the others take what it got.
 * @throws CliError (1) when the login has ended
 */
export async function loginToken(logins: Logins, login: Login, now: () => number): Promise<string> {
  if (lasts(login, now())) return login.tokens.accessToken;
  return logins.exclusively(async () => {
    const latest = (await logins.find(login.control)) ?? login;
    if (lasts(latest, now())) return latest.tokens.accessToken;
    const { refreshToken } = latest.tokens;
    if (refreshToken === undefined)
      throw new CliError(1, `your login at ${login.control} has ended: run "countersign login" again`);
    const { renewTokens } = await import('./device-login.ts');
    const tokens = await renewTokens(latest, refreshToken);
    await logins.renew({ ...latest, tokens });
    return tokens.accessToken;
  });
}
