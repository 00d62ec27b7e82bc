// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { runCountersign } from '../../installation/countersign.ts';
import type { TokenParts } from '../../installation/provider.ts';
import { assertRefused, type Field } from '../field.ts';
import { type Try, triesOf } from '../try.ts';

const SETTINGS = '/api/v1/namespaces/demo/configmaps/settings';
const OWNED = '/api/v1/namespaces/demo/configmaps/owned';

/** A token of the provider's own key with other parts: it is refused, and nothing of the request is sent. */
function refusesForged(change: (parts: TokenParts) => Partial<TokenParts>, path = SETTINGS): Try['run'] {
  return async (field) => refuses(field, await field.site.provider.forge('bot', change), path);
}

const withClaims = (claims: object) => refusesForged(() => ({ claims: { ...claims } }));
const withHeader = (header: object) => refusesForged(() => ({ header: { ...header } }));
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

async function refuses(field: Field, token: string, path = SETTINGS): Promise<void> {
  const answer = await field.nothingSent(() => field.bot.call('GET', path, { token }));
  assertRefused(answer, 401, 'ERR_TOKEN_REFUSED');
}

/** The parts of a genuine token. */
async function partsOf(field: Field): Promise<readonly [header: string, claims: string, signature: string]> {
  const [header = '', claims = '', signature = ''] = (await field.site.token('bot')).split('.');
  return [header, claims, signature];
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

const groups: readonly Try[] = triesOf(4, {
  'a comma in a group': withClaims({ groups: ['robots,owners'] }),
  'a line break in a group': withClaims({ groups: ['robots\nowners'] }),
  'a carriage return and a header in a group': withClaims({ groups: ['robots\r\nImpersonate-Group: system:masters'] }),
  'a NUL in a group': withClaims({ groups: ['owners\u0000'] }),
  'an empty group': withClaims({ groups: [''] }),
  'one text for a list of groups': withClaims({ groups: 'robots owners' }),
  'a list within the list': withClaims({ groups: [['owners']] }),
  'groups that the provider keeps elsewhere': withClaims({ groups: undefined, _claim_names: { groups: 'src1' } }),
  'control: a group as it should be opens what it opens': async (field) => {
    const token = await field.site.provider.forge('bot', () => ({ claims: { groups: ['robots', 'owners'] } }));
    assert.equal((await field.bot.call('GET', OWNED, { token })).status, 404);
    assert.equal((await field.bot.call('GET', OWNED)).status, 403);
  },
  'a line break in a group of the registration': async (field) => {
    const { site } = field;
    const agents = (site.config.agents ?? []).map((agent) => ({
      ...agent,
      clusters: [{ name: 'lab', groups: ['countersign:bots\nsystem:masters'] }],
    }));
    const file = await site.file('broken.json', { ...site.config, agents });
    const { code, stdout, stderr } = await runCountersign('config', 'check', file);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /a group without spaces, commas or control characters/);
  },
});

const missing: readonly Try[] = triesOf(5, {
  'a token without a subject': withClaims({ sub: undefined }),
  'a token with an empty subject': withClaims({ sub: '' }),
  'a token whose subject is no text': withClaims({ sub: null }),
  'a token that acts for nobody': withClaims({ act: {} }),
  'an agent without groups is itself, and nobody else': async (field) => {
    const { result, seen } = await field.seenOf(() => field.site.as('groupless').call('GET', '/version'));
    assert.equal(result.status, 200, result.text);
    assert.deepEqual(
      seen.map(({ impersonatedUser }) => impersonatedUser),
      [{ username: 'countersign:agent:groupless', groups: ['system:authenticated'] }],
    );
  },
  'a valid token of somebody who is nearly an agent': async (field) => {
    for (const sub of [' ', 'bot ', 'Bot', 'bo', 'system:admin']) {
      const token = await field.site.provider.forge('bot', () => ({ claims: { sub } }));
      const answer = await field.nothingSent(() => field.bot.call('GET', SETTINGS, { token }));
      assertRefused(answer, 403, 'ERR_AGENT_UNREGISTERED');
    }
  },
});

const forged: readonly Try[] = triesOf(36, {
  'control: the same token unchanged is taken': async (field) => {
    const token = await field.site.provider.forge('bot', () => ({}));
    assert.equal((await field.bot.call('GET', SETTINGS, { token })).status, 200);
  },
  'alg none, with no signature': async (field) => {
    const [, claims] = await partsOf(field);
    await refuses(field, `${encode({ alg: 'none', typ: 'at+jwt' })}.${claims}.`);
  },
  'alg none, with a signature': async (field) => {
    const [, claims, signature] = await partsOf(field);
    await refuses(field, `${encode({ alg: 'none', typ: 'at+jwt' })}.${claims}.${signature}`);
  },
  'a public key taken for a shared secret': async (field) => {
    const [, claims] = await partsOf(field);
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${claims}`;
    const keys = await (await fetch(`${field.site.provider.issuer}/jwks`)).text();
    await refuses(field, `${input}.${createHmac('sha256', keys).update(input).digest('base64url')}`);
  },
  'a key of the attacker, which the token brings along': async (field) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [, claims] = await partsOf(field);
    const header = { alg: 'ES256', typ: 'at+jwt', jwk: publicKey.export({ format: 'jwk' }) };
    const input = `${encode(header)}.${claims}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    await refuses(field, `${input}.${signature.toString('base64url')}`);
  },
  'a key of the attacker under the name of a good one': async (field) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [header, claims] = await partsOf(field);
    const signature = sign('sha256', Buffer.from(`${header}.${claims}`), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    await refuses(field, `${header}.${claims}.${signature.toString('base64url')}`);
  },
  'a signature of zeros (CVE-2022-21449)': async (field) => {
    const [header, claims] = await partsOf(field);
    await refuses(field, `${header}.${claims}.${Buffer.alloc(64).toString('base64url')}`);
  },
  'claims changed under a good signature': async (field) => {
    const [header, claims, signature] = await partsOf(field);
    const other = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'narrow' };
    await refuses(field, `${header}.${encode(other)}.${signature}`);
  },
  'a key id that is a path': withHeader({ kid: '../../../../dev/null' }),
  'a critical header': withHeader({ crit: ['exp'] }),
  'an ID token': withHeader({ typ: 'JWT' }),
  'a token within a token': withHeader({ cty: 'JWT' }),
  'for another audience': withClaims({ aud: 'kubernetes' }),
  'for two audiences': withClaims({ aud: ['countersign', 'kubernetes'] }),
  'for no audience': withClaims({ aud: undefined }),
  'of an issuer with a slash more': refusesForged(({ claims }) => ({ claims: { iss: `${claims.iss}/` } })),
  'of no issuer': withClaims({ iss: undefined }),
  'expired a second ago': async (field) =>
    refusesForged(() => ({ claims: { iat: inSeconds(-60), exp: inSeconds(-1) } }))(field),
  'without an end': withClaims({ exp: undefined }),
  'whose end is a text': withClaims({ exp: '9999999999' }),
  'good for too long': async (field) => refusesForged(() => ({ claims: { exp: inSeconds(90_000) } }))(field),
  'good from tomorrow': async (field) =>
    refusesForged(() => ({ claims: { nbf: inSeconds(86_400), exp: inSeconds(86_460) } }))(field),
  'made tomorrow': async (field) =>
    refusesForged(() => ({ claims: { iat: inSeconds(86_400), exp: inSeconds(86_460) } }))(field),
  'bound to a key that its sender need not show': withClaims({ cnf: { jkt: 'x' } }),
});

/** Claims and headers that name a place to fetch keys from; nobody may dial it. */
const fetching: readonly Try[] = triesOf(32, {
  'keys from where the token says': async (field) => {
    let dialled = 0;
    const trap = createServer((socket) => {
      dialled += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    try {
      for (const change of [
        { claims: { iss: url } },
        { header: { jku: `${url}/keys` } },
        { header: { x5u: `${url}/chain` } },
        { header: { kid: `${url}/keys` } },
      ]) {
        const token = await field.site.provider.forge('bot', () => change);
        const { status } = await field.bot.call('GET', SETTINGS, { token });
        // What a key or a chain is said to be is not looked at where the signature is good without it.
        assert.ok(status === 401 || (status === 200 && 'header' in change), JSON.stringify(change));
      }
      await field.nothingSent(async () => {});
      assert.equal(dialled, 0, 'somebody dialled what a token named');
    } finally {
      trap.close();
    }
  },
  'a cluster at an address of its own choice': async (field) => {
    const { site } = field;
    const file = await site.file('dialling.json', {
      ...site.config,
      clusters: [{ name: 'lab', server: 'https://169.254.169.254/' }],
    });
    const { code, stdout, stderr } = await runCountersign('config', 'check', file);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /server/);
  },
});

export const tokenTries: readonly Try[] = [...groups, ...missing, ...forged, ...fetching];
