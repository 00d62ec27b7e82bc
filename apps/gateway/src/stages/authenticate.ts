// SPDX-License-Identifier: Apache-2.0
import type { Authenticated, Received } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { bearerToken } from '../identity/bearer-token.ts';
import type { Stage } from '../lane-table.ts';

/** Who issued the token, and whether it is good here. */
export function authenticate(authenticator: () => Authenticator): Stage<Received, Authenticated> {
  return async (exchange) => {
    const bearer = bearerToken(exchange.incoming.headers);
    if (bearer.kind === 'refused') {
      return bearer.reason === 'no-credential'
        ? new Fault('ERR_TOKEN_MISSING')
        : new Fault('ERR_TOKEN_REFUSED', bearer.reason);
    }
    const result = await authenticator().authenticate(bearer.token);
    switch (result.kind) {
      case 'authenticated':
        return { ...exchange, token: result.facts };
      case 'refused':
        return new Fault('ERR_TOKEN_REFUSED', result.reason);
      case 'unavailable':
        return new Fault('ERR_IDENTITY_UNAVAILABLE', `the keys of issuer ${result.issuer} can't be had`);
    }
  };
}
