// SPDX-License-Identifier: Apache-2.0

export interface CookieOptions {
  readonly sameSite: 'Strict' | 'Lax';
  readonly maxAgeSeconds: number;
  /** Whether browsers see HTTPS: then no other host, and no plain HTTP, may set it. */
  readonly isSecure: boolean;
}

/** @see RFC 6265bis §4.1.3.2 */
function fullName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** A `Set-Cookie` line. `value` is of characters that need no quoting. */
export function cookieLine(name: string, value: string, { sameSite, maxAgeSeconds, isSecure }: CookieOptions): string {
  const age = Math.max(0, Math.floor(maxAgeSeconds));
  const secure = isSecure ? '; Secure' : '';
  return `${fullName(name, isSecure)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=${sameSite}${secure}`;
}

/** The one value of a cookie in a `Cookie` line. Two of the same name are none: nobody knows which of them is ours. */
export function readCookie(line: string | undefined, name: string, isSecure: boolean): string | undefined {
  const wanted = fullName(name, isSecure);
  const values = (line ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === wanted ? [pair.slice(at + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}
