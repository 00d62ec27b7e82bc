// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import type { LoginSettings } from './login/logins.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign login --control https://gateway.example:8445 --issuer https://idp.example --client-id countersign-cli
  countersign login                       again where you logged in last
  countersign approvals list              as you, with no flag for where and who

Prints an address and a code; you open the one in a browser, on this machine or another, and see that it shows the other.
The identity provider must know the client as a public one (without a secret) with the device flow of RFC 8628, and give it
access tokens for the gateway; for a login to outlast one token, refresh tokens too. Commands that get no other credential
then act as you, and renew the token themselves. Tokens are kept in ~/.local/state/countersign/logins.json, or below
XDG_STATE_HOME, readable by you alone. CAs beyond the public ones for --issuer: set NODE_EXTRA_CA_CERTS.

Exit codes: 0 logged in, 1 refused or not reached, 2 a file is missing or unusable, 3 wrong usage.`;

const LOGOUT_EXAMPLES = `
Examples:
  countersign logout
  countersign logout --control https://gateway.example:8445

Forgets the tokens here, and has the identity provider give no more for that login, where it offers that; a token that it
gave before is good until it ends.

Exit codes: 0 logged out, 1 the provider was not reached (the tokens are forgotten all the same) or nobody was logged in, 2 a
file is unusable, 3 wrong usage.`;

/** Tokens for the gateway, and further ones when they end. */
const USUAL_SCOPE = 'openid offline_access';

interface LoginOptions {
  readonly control?: string;
  readonly ca?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly resource?: string;
}

type Print = (text: string) => void;

async function openLogins() {
  const { Logins, loginsPath } = await import('./login/logins.ts');
  return new Logins(loginsPath(process.env));
}

/** What the flags say, and for the rest what held at the last login there. @throws CliError (3) */
async function settingsOf(options: LoginOptions, last: LoginSettings | undefined): Promise<LoginSettings> {
  const [{ controlUrl }, { providerUrl }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./credential/provider-fetch.ts'),
  ]);
  const { control = last?.control, issuer = last?.issuer, clientId = last?.clientId } = options;
  if (control === undefined || issuer === undefined || clientId === undefined)
    throw new CliError(3, 'say where you log in: --control, --issuer and --client-id');
  providerUrl(issuer, '--issuer', 3);
  const isAsBefore = issuer === last?.issuer && clientId === last.clientId;
  return {
    control: controlUrl(control).origin,
    ca: options.ca === undefined ? last?.ca : resolve(options.ca),
    issuer,
    clientId,
    scope: options.scope ?? (isAsBefore ? last.scope : USUAL_SCOPE),
    resource: options.resource ?? (isAsBefore ? last.resource : undefined),
  };
}

async function login(options: LoginOptions, print: Print): Promise<void> {
  const [{ beginDeviceLogin }, { callAs, controlUrl, readCa }, { printable }, logins] = await Promise.all([
    import('./login/device-login.ts'),
    import('./control/call-control.ts'),
    import('./evidence/printable.ts'),
    openLogins(),
  ]);
  const at = options.control === undefined ? undefined : controlUrl(options.control).origin;
  const settings = await settingsOf(options, await logins.find(at));
  const base = new URL(settings.control);
  const ca = await readCa(settings.ca);
  const { place, placeWithCode, userCode, finish } = await beginDeviceLogin(settings);
  print(`Open ${printable(place)} in a browser and give this code: ${printable(userCode)}\n`);
  if (placeWithCode !== undefined) print(`Or open ${printable(placeWithCode)} and see that it shows the code.\n`);
  print('Waiting …\n');
  const tokens = await finish();
  const { answer } = await callAs({ base, token: tokens.accessToken, ca }, { method: 'GET', path: '/api/v1/me' });
  await logins.exclusively(() => logins.keep({ ...settings, tokens }));
  const { email, subject, roles } = answer;
  const may = Array.isArray(roles) && roles.length > 0 ? `; roles: ${roles.join(', ')}` : '; no role';
  print(`${printable(`logged in at ${base.origin} as ${String(email ?? subject)}${may}`)}\n`);
}

async function logout({ control }: LoginOptions, print: Print): Promise<void> {
  const [{ controlUrl }, logins] = await Promise.all([import('./control/call-control.ts'), openLogins()]);
  const at = control === undefined ? undefined : controlUrl(control).origin;
  const found = await logins.exclusively(async () => {
    const latest = await logins.find(at);
    if (latest) await logins.forget(latest);
    return latest;
  });
  if (!found) throw new CliError(1, at === undefined ? 'nobody is logged in' : `nobody is logged in at ${at}`);
  print(`logged out at ${found.control}: its tokens are no longer kept here\n`);
  const { refreshToken } = found.tokens;
  if (refreshToken === undefined) return;
  const { revokeLogin } = await import('./login/device-login.ts');
  const isRevoked = await revokeLogin(found, refreshToken);
  print(isRevoked ? `${found.issuer} gives no more for this login\n` : `${found.issuer} has no way to be told of it\n`);
}

/** `countersign login` and `logout`: as whom the other commands act. */
export function registerLogin(program: Command): void {
  const begin = program
    .command('login')
    .description('log in by a code in a browser, for the commands that need a person');
  begin
    .option('--control <url>', "the gateway's control listener, https://HOST:PORT; default: where you logged in last")
    .option('--ca <file>', 'CA of that listener, PEM; default: that of the last login there, else the public ones')
    .option('--issuer <url>', 'OpenID provider to log in at')
    .option('--client-id <id>', 'client id at that provider, of a public client with the device flow')
    .option('--scope <scope>', `scope to ask for; default: ${USUAL_SCOPE}`)
    .option('--resource <uri>', 'resource to ask a token for (RFC 8707)')
    .addHelpText('after', EXAMPLES)
    .action((options: LoginOptions) => runVerb(begin, (print) => login(options, print)));
  const end = program.command('logout').description('forget a login, here and at the identity provider');
  end
    .option('--control <url>', 'the control listener; default: where you logged in last')
    .addHelpText('after', LOGOUT_EXAMPLES)
    .action((options: LoginOptions) => runVerb(end, (print) => logout(options, print)));
}
