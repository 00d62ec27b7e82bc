// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { noticePage, page } from './notice.ts';
import type { People } from './people.ts';

const PATH = /^\/interaction\/([\w-]{1,64})$/;
const MAX_FORM_BYTES = 1_024;

/** Where a login under way is asked who it is. */
export const loginPath = (uid: string) => `/interaction/${uid}`;

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** A button for each of the people. Ids are those of clients: there is nothing in them to escape. */
function form(uid: string, people: People): string {
  const buttons = people.ids.map((id) => `<p><button name="person" value="${id}">${id}</button></p>`).join('\n');
  return `<p>Who are you? There is no password: whoever uses this machine may be any of them.</p>
<form method="post" action="${loginPath(uid)}">
${buttons}
</form>`;
}

interface LoginPageParts {
  readonly provider: Provider;
  readonly people: People;
  /** Origin of the provider itself. */
  readonly issuer: string;
  readonly send: (response: ServerResponse, status: number, html: string) => void;
}

async function answer(request: IncomingMessage, response: ServerResponse, uid: string, parts: LoginPageParts) {
  const { provider, people, issuer, send } = parts;
  // Fails where the browser has not begun this login itself: its cookie says so.
  const details = await provider.interactionDetails(request, response);
  if (details.uid !== uid) return send(response, 400, noticePage('No login', 'This is another login.'));
  if (request.method === 'GET') return send(response, 200, page('Log in', form(uid, people)));
  const { origin } = request.headers;
  const isOurs = request.method === 'POST' && (origin === undefined || origin === issuer);
  const person = isOurs ? (await readForm(request))?.get('person') : undefined;
  if (typeof person !== 'string' || !people.has(person))
    return send(response, 400, noticePage('No login', 'Nobody here is called that.'));
  const login = { accountId: person, remember: false };
  return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

/** Asks whoever logs in who they are; false when the request is about something else. */
export function answerLogin(request: IncomingMessage, response: ServerResponse, parts: LoginPageParts): boolean {
  const uid = PATH.exec(request.url ?? '')?.[1];
  if (uid === undefined) return false;
  answer(request, response, uid, parts).catch(() => {
    if (response.headersSent) response.destroy();
    else parts.send(response, 400, noticePage('No login', 'This login is over, or was begun elsewhere.'));
  });
  return true;
}
