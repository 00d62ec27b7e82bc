// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';

const MAX_REDIRECTS = 10;

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** What a browser does of itself: it keeps cookies by host, whatever the port, follows redirects, and sends forms. */
export class Browser {
  /** By host, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();
  /** What the page of the console that was loaded last keeps of its session. */
  page = '';
  /** Every address that it was at. */
  readonly history: string[] = [];

  /** One request, without what a browser does next. */
  async send(url: URL, { method = 'GET', headers = {}, body }: Sending = {}): Promise<Page> {
    const jar = [...(this.cookies.get(url.hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    const request = http.request({
      ...{ host: '127.0.0.1', port: url.port, path: `${url.pathname}${url.search}`, method, agent: false },
      headers: { host: url.host, accept: 'text/html', ...(jar === '' ? {} : { cookie: jar }), ...headers },
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    this.#keep(url.hostname, response.headers['set-cookie'] ?? []);
    this.history.push(url.href);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { url, status: response.statusCode ?? 0, headers: response.headers, text };
  }

  /** A request, and those that its answers lead to until one is a page, or leads to where `until` says to stop. */
  async go(url: URL, sending: Sending = {}, until: (next: URL) => boolean = () => false): Promise<Page> {
    let page = await this.send(url, sending);
    for (let left = MAX_REDIRECTS; page.headers.location !== undefined; left -= 1) {
      assert.ok(left > 0, 'it goes in circles');
      const next = new URL(page.headers.location, page.url);
      if (until(next)) return { ...page, url: next };
      page = await this.send(next);
    }
    return page;
  }

  #keep(host: string, lines: readonly string[]): void {
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
  }
}
