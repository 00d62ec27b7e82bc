// SPDX-License-Identifier: Apache-2.0
import { page } from './notice.ts';

/** What oidc-provider gives to whoever draws its pages. */
interface PageContext {
  body: string;
  type: string;
  set(header: string, value: string): void;
  readonly oidc: { readonly client?: { readonly clientId: string } };
}

/** No script: the forms that the provider makes do without. No `form-action`, as browsers hold it against where a form leads to, too. */
const POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

function show(context: PageContext, title: string, html: string): void {
  context.type = 'html';
  context.set('content-security-policy', POLICY);
  context.set('cache-control', 'no-store');
  context.body = page(title, html);
}

/** Why a code is asked for again, by the name of the provider's error. */
const AGAIN: Readonly<Record<string, string>> = {
  NoCodeError: 'No code was given.',
  NotFoundError: 'There is no such code.',
  ExpiredError: 'That code has expired: begin again in the terminal.',
  AlreadyUsedError: 'That code was used already: begin again in the terminal.',
  AbortedError: 'Nobody was logged in.',
};

/**
 * The device flow (RFC 8628) with the pages that a person sees: what code the terminal shows, whether it is theirs, and that it
 * is done. `form` is the provider's own, without a button.
 */
export const devicePages = {
  enabled: true,
  mask: '****-****',
  async userCodeInputSource(context: PageContext, form: string, _out?: unknown, error?: Error) {
    const why = error ? `<p role="alert">${AGAIN[error.name] ?? 'That did not work.'}</p>` : '';
    const send = '<p><button type="submit" form="op.deviceInputForm">Go on</button></p>';
    show(context, 'Log in to a terminal', `${why}<p>Which code does the terminal show?</p>${form}${send}`);
  },
  async userCodeConfirmSource(
    context: PageContext,
    form: string,
    _client: unknown,
    _device: unknown,
    userCode: string,
  ) {
    const text = `<p>A terminal asks to be logged in, as ${context.oidc.client?.clientId ?? 'a program'}. Does it show this code?</p>
<p><strong>${userCode}</strong></p>
<p>If you did not run "countersign login" just now, somebody else did: say no.</p>`;
    const say = (label: string, more: string) =>
      `<p><button type="submit" form="op.deviceConfirmForm"${more}>${label}</button></p>`;
    const buttons = `${say('Yes, it is mine', '')}${say('No', ' name="abort" value="yes"')}`;
    show(context, 'Is this your terminal?', `${text}${form}${buttons}`);
  },
  async successSource(context: PageContext) {
    show(context, 'Logged in', '<p>Go back to the terminal; this page can be closed.</p>');
  },
};
