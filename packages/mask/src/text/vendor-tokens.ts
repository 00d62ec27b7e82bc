// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import {
  ALPHANUMERIC,
  BASE64_BYTE,
  CLASSES,
  DIGIT,
  DOT,
  isIn,
  LOWER,
  runEnd,
  standsAt,
  TOKEN_BYTE,
  UPPER,
} from './byte-class.ts';
import type { Anchor, TextScan } from './text-scan.ts';

/** A credential that its issuer marks by how it begins. */
interface TokenFormat {
  readonly rule: string;
  readonly prefixes: readonly string[];
  /** What may follow the prefix, and how much of it makes a token. A wrong length or checksum does not unmask. */
  readonly classes: number;
  readonly min: number;
  /** Whether the prefix only counts where no letter, digit, `_` or `-` stands before it. */
  readonly bounded?: boolean;
}

/** How far a run is looked into before it is known to be a token. */
const FAR = 72;
/** A longer prefix is found by its beginning. */
const MAX_WORD = 10;

const words = (text: string) => text.split(' ');

/** Facts of token formats, as their issuers document them. */
const FORMATS: readonly TokenFormat[] = [
  { rule: 'github-token', prefixes: words('ghp_ gho_ ghu_ ghr_'), classes: ALPHANUMERIC, min: 16 },
  { rule: 'github-token', prefixes: words('ghs_ github_pat_'), classes: TOKEN_BYTE | DOT, min: 16 },
  {
    rule: 'gitlab-token',
    prefixes: words(
      'glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glsoat- gloas- glffct- glwt- GR1348941',
    ),
    classes: TOKEN_BYTE | DOT,
    min: 16,
  },
  {
    rule: 'slack-token',
    prefixes: words('xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe- xoxe. xapp-'),
    classes: BASE64_BYTE | DOT,
    min: 10,
  },
  {
    rule: 'webhook',
    prefixes: words(
      'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/ discord.com/api/webhooks/ discordapp.com/api/webhooks/ webhook.office.com/webhookb2/',
    ),
    classes: BASE64_BYTE | DOT,
    min: 12,
  },
  { rule: 'npm-token', prefixes: ['npm_'], classes: ALPHANUMERIC, min: 30 },
  { rule: 'pypi-token', prefixes: ['pypi-Ag'], classes: TOKEN_BYTE, min: 16 },
  {
    rule: 'stripe-key',
    prefixes: words('sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ whsec_'),
    classes: BASE64_BYTE,
    min: 10,
  },
  { rule: 'openai-key', prefixes: words('sk-proj- sk-svcacct- sk-admin- sk-None-'), classes: TOKEN_BYTE, min: 16 },
  { rule: 'anthropic-key', prefixes: ['sk-ant-'], classes: TOKEN_BYTE, min: 16 },
  { rule: 'model-key', prefixes: words('sk-or-v1- sk-lf- pplx- gsk_ nvapi-'), classes: TOKEN_BYTE, min: 20 },
  { rule: 'model-key', prefixes: words('xai- r8_ csk-'), classes: ALPHANUMERIC, min: 30, bounded: true },
  { rule: 'openai-key', prefixes: ['sk-'], classes: ALPHANUMERIC, min: 20, bounded: true },
  { rule: 'google-key', prefixes: ['AIza'], classes: TOKEN_BYTE, min: 30 },
  { rule: 'google-token', prefixes: words('ya29. GOCSPX-'), classes: TOKEN_BYTE | DOT, min: 16 },
  { rule: 'google-token', prefixes: ['1//0'], classes: TOKEN_BYTE, min: 30, bounded: true },
  { rule: 'hugging-face-token', prefixes: words('hf_ api_org_'), classes: ALPHANUMERIC, min: 28, bounded: true },
  { rule: 'digitalocean-token', prefixes: words('dop_v1_ doo_v1_ dor_v1_'), classes: ALPHANUMERIC, min: 16 },
  {
    rule: 'atlassian-token',
    prefixes: words('ATATT3 ATCTT3 ATSTT3 ATBB'),
    classes: TOKEN_BYTE,
    min: 24,
    bounded: true,
  },
  { rule: 'grafana-token', prefixes: words('glsa_ glc_ eyJrIjoi'), classes: BASE64_BYTE, min: 24 },
  { rule: 'sendgrid-key', prefixes: ['SG.'], classes: TOKEN_BYTE | DOT, min: 40, bounded: true },
  { rule: 'mailgun-key', prefixes: ['key-'], classes: ALPHANUMERIC, min: 32, bounded: true },
  { rule: 'shopify-token', prefixes: words('shpat_ shpca_ shppa_ shpss_ shprt_'), classes: ALPHANUMERIC, min: 16 },
  { rule: 'vault-token', prefixes: words('hvs. hvb. hvr.'), classes: TOKEN_BYTE, min: 20 },
  { rule: 'aws-token', prefixes: words('IQoJb3JpZ2lu FwoGZXIvYXdz'), classes: BASE64_BYTE, min: 20 },
  { rule: 'aws-key', prefixes: words('ABSK bedrock-api-key-'), classes: BASE64_BYTE, min: 60, bounded: true },
  { rule: 'docker-token', prefixes: words('dckr_pat_ dckr_oat_'), classes: TOKEN_BYTE, min: 16 },
  { rule: 'openshift-token', prefixes: ['sha256~'], classes: TOKEN_BYTE, min: 20 },
  { rule: 'pulumi-token', prefixes: ['pul-'], classes: ALPHANUMERIC, min: 32, bounded: true },
  { rule: 'terraform-token', prefixes: words('ATLAS_TOKEN= TFE_TOKEN='), classes: TOKEN_BYTE | DOT, min: 20 },
  {
    rule: 'doppler-token',
    prefixes: words('dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.'),
    classes: TOKEN_BYTE | DOT,
    min: 30,
  },
  { rule: 'databricks-token', prefixes: ['dapi'], classes: ALPHANUMERIC, min: 32, bounded: true },
  { rule: 'tailscale-key', prefixes: ['tskey-'], classes: TOKEN_BYTE, min: 16 },
  { rule: 'fly-token', prefixes: words('fm1_ fm2_ fo1_'), classes: BASE64_BYTE, min: 40, bounded: true },
  { rule: 'cloudflare-token', prefixes: words('cfut_ cfat_ cfk_ v1.0-'), classes: TOKEN_BYTE, min: 36, bounded: true },
  { rule: 'alibaba-key', prefixes: ['LTAI'], classes: ALPHANUMERIC, min: 16, bounded: true },
  { rule: 'dynatrace-token', prefixes: words('dt0c01. dt0s01. dt0s16.'), classes: ALPHANUMERIC | DOT, min: 24 },
  { rule: 'newrelic-key', prefixes: words('NRAK- NRII- NRIQ-'), classes: TOKEN_BYTE, min: 16 },
  { rule: 'sentry-token', prefixes: words('sntrys_ sntryu_'), classes: BASE64_BYTE, min: 20 },
  { rule: 'jfrog-token', prefixes: words('AKCp cmVmdGtu'), classes: ALPHANUMERIC, min: 40 },
  { rule: 'supabase-key', prefixes: words('sbp_ sb_secret_'), classes: TOKEN_BYTE, min: 20, bounded: true },
  {
    rule: 'planetscale-token',
    prefixes: words('pscale_tkn_ pscale_pw_ pscale_oauth_'),
    classes: TOKEN_BYTE | DOT,
    min: 16,
  },
  { rule: 'age-key', prefixes: ['AGE-SECRET-KEY-1'], classes: ALPHANUMERIC, min: 16 },
  { rule: 'sonar-token', prefixes: words('squ_ sqp_ sqa_'), classes: ALPHANUMERIC, min: 36, bounded: true },
  { rule: 'sourcegraph-token', prefixes: words('sgp_ slk_'), classes: TOKEN_BYTE, min: 36, bounded: true },
  { rule: 'square-token', prefixes: words('sq0atp- sq0csp- EAAA'), classes: TOKEN_BYTE, min: 22, bounded: true },
  { rule: 'brevo-key', prefixes: words('xkeysib- xsmtpsib-'), classes: TOKEN_BYTE, min: 20 },
  { rule: '1password-token', prefixes: ['ops_eyJ'], classes: TOKEN_BYTE, min: 40 },
  { rule: 'heroku-key', prefixes: ['HRKU-'], classes: TOKEN_BYTE, min: 20 },
  {
    rule: 'vendor-token',
    prefixes: words(
      'lin_api_ figd_ rubygems_ PMAK- CCIPAT_ CCIPRJ_ CFPAT- shippo_live_ shippo_test_ fio-u- CLOJARS_ duffel_live_ duffel_test_ bkua_ nfp_ p8e-',
    ),
    classes: TOKEN_BYTE,
    min: 20,
  },
  {
    rule: 'vendor-token',
    prefixes: words('ntn_ tfp_ phx_ rdme_ pnu_ pnb_ ico- EZAK EZTK'),
    classes: ALPHANUMERIC,
    min: 30,
    bounded: true,
  },
  { rule: 'nuget-key', prefixes: ['oy2'], classes: LOWER | DIGIT, min: 43, bounded: true },
];

/** What tokens begin with, and whether that counts only where no letter, digit, `_` or `-` stands before it. */
export const vendorPrefixes: ReadonlyMap<string, boolean> = new Map(
  FORMATS.flatMap(({ prefixes, bounded = false }) => prefixes.map((prefix) => [prefix, bounded] as const)),
);

/** One anchor for each prefix. */
export const vendorAnchors: readonly Anchor[] = FORMATS.flatMap((format) =>
  format.prefixes.map((prefix) => anchorFor(format, prefix)),
);

function anchorFor({ rule, classes, min, bounded = false }: TokenFormat, prefix: string): Anchor {
  const spelled = utf8(prefix);
  const verify = (scan: TextScan, start: number): boolean => {
    const { bytes, to } = scan;
    const end = start + spelled.length;
    if (!standsAt(bytes, start, to, spelled)) return false;
    if (bounded && start > scan.from && isIn(bytes[start - 1], TOKEN_BYTE)) return false;
    const near = runEnd(bytes, end, Math.min(to, end + FAR), classes);
    const isToken = near - end >= min && isOpaque(bytes, end, near);
    if (!isToken && !scan.isCutAt(near)) return false;
    return scan.add(start, afterPadding(bytes, runEnd(bytes, near, to, classes), to), rule, 'key');
  };
  return { word: prefix.slice(0, MAX_WORD).toLowerCase(), verify };
}

/** Base64 padding, and what some issuers write after it. */
function afterPadding(bytes: Uint8Array, end: number, to: number): number {
  let at = end;
  while (at < to && at < end + 2 && bytes[at] === 0x3d) at++;
  return at > end && isIn(bytes[at], UPPER | DIGIT) ? runEnd(bytes, at, to, UPPER | DIGIT) : at;
}

/** Whether a run has a digit, or letters of both cases: words in one case are names of something. */
export function isOpaque(bytes: Uint8Array, from: number, to: number): boolean {
  let seen = 0;
  for (let at = from; at < to; at++) seen |= CLASSES[bytes[at] as number] as number;
  return (seen & DIGIT) !== 0 || (seen & (LOWER | UPPER)) === (LOWER | UPPER);
}
