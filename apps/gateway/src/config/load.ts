// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseDocument, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { readBoundedFile } from './bounded-file.ts';
import { checkConfig } from './check.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { issueInWords } from './issue-in-words.ts';
import { type Config, configSchema, type NotificationsConfig, type PostgresConfig } from './schema.ts';

const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** One mistake can make all that follows it one. */
const MAX_SYNTAX_PROBLEMS = 10;

/** A configuration in force, with the SHA-256 of the file it came from, in hex. */
export interface LoadedConfig {
  readonly config: Config;
  readonly digest: string;
  readonly file: string;
}

function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(file, [{ path: '', message: 'is not UTF-8 text' }], { cause });
  }
}

function decode(file: string, text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  const problems = syntaxProblems([...document.errors, ...document.warnings]);
  if (problems.length > 0) throw new ConfigError(file, problems);
  const value = toValue(file, document);
  const broken = brokenTexts(value, []);
  if (broken.length > 0) throw new ConfigError(file, broken);
  return value;
}

/** What is wrong, and where; the lines of the file that the parser would show with it are left out. */
function syntaxInWords({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'holds more than one YAML document';
  return message.split('\n', 1).join('').replace(/:$/, '');
}

function syntaxProblems(errors: readonly YAMLError[]): readonly ConfigProblem[] {
  if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return [{ path: '', message: 'is nested too deeply' }];
  const messages = errors.map(syntaxInWords);
  const more = messages.length - MAX_SYNTAX_PROBLEMS;
  const shown = more > 0 ? [...messages.slice(0, MAX_SYNTAX_PROBLEMS), `and ${more} more`] : messages;
  return shown.map((message) => ({ path: '', message }));
}

function toValue(file: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new ConfigError(file, [{ path: '', message: 'YAML aliases (*name) are not read; write the value out' }], {
      cause,
    });
  }
}

/** Half a character, as an escape can write it, has no place in any record. */
function brokenTexts(value: unknown, path: readonly string[]): readonly ConfigProblem[] {
  if (typeof value === 'string')
    return value.isWellFormed()
      ? []
      : [{ path: path.join('.'), message: 'holds half of a surrogate pair (\\ud800 to \\udfff)' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...brokenTexts(name, path),
    ...brokenTexts(member, [...path, name]),
  ]);
}

function describeIssue(issue: z.core.$ZodIssue): ConfigProblem {
  return { path: issue.path.join('.'), message: issue.message };
}

function withAbsoluteFiles(postgres: PostgresConfig, absolute: (path: string) => string): PostgresConfig {
  const { passwordFile, caFile } = postgres;
  return {
    ...postgres,
    ...(passwordFile === undefined ? {} : { passwordFile: absolute(passwordFile) }),
    ...(caFile === undefined ? {} : { caFile: absolute(caFile) }),
  };
}

function withAbsoluteStore(
  { postgres, keyFile }: Config['store'],
  absolute: (path: string) => string,
): Config['store'] {
  return {
    ...(postgres ? { postgres: withAbsoluteFiles(postgres, absolute) } : {}),
    ...(keyFile === undefined ? {} : { keyFile: absolute(keyFile) }),
  };
}

function withAbsoluteConsole(console: NonNullable<Config['console']>, absolute: (path: string) => string) {
  const { clientSecretFile, assetsDir } = console;
  return {
    ...console,
    ...(clientSecretFile === undefined ? {} : { clientSecretFile: absolute(clientSecretFile) }),
    ...(assetsDir === undefined ? {} : { assetsDir: absolute(assetsDir) }),
  };
}

function withAbsoluteReceivers(notifications: NotificationsConfig, absolute: (path: string) => string) {
  const receivers = notifications.receivers.map((receiver) => {
    const ca = receiver.caFile === undefined ? {} : { caFile: absolute(receiver.caFile) };
    return receiver.kind === 'webhook'
      ? { ...receiver, ...ca, secretFile: absolute(receiver.secretFile) }
      : { ...receiver, ...ca, urlFile: absolute(receiver.urlFile) };
  });
  return { ...notifications, receivers };
}

function withAbsolutePaths(config: Config, file: string): Config {
  const base = dirname(resolve(file));
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(base, path));
  const tls = (value: { certificateFile: string; keyFile: string }) => ({
    certificateFile: absolute(value.certificateFile),
    keyFile: absolute(value.keyFile),
  });
  const { data, control, console: browsers } = config.listeners;
  return {
    ...config,
    dataDir: absolute(config.dataDir),
    listeners: {
      ...config.listeners,
      data: { ...data, tls: tls(data.tls) },
      control: { ...control, tls: tls(control.tls) },
      ...(browsers?.tls ? { console: { ...browsers, tls: tls(browsers.tls) } } : {}),
    },
    ...(config.console ? { console: withAbsoluteConsole(config.console, absolute) } : {}),
    store: withAbsoluteStore(config.store, absolute),
    log: { ...config.log, dir: absolute(config.log.dir) },
    policies: { dir: absolute(config.policies.dir) },
    notifications: withAbsoluteReceivers(config.notifications, absolute),
    issuers: config.issuers.map((issuer) =>
      issuer.kind === 'oidc' && issuer.caFile !== undefined ? { ...issuer, caFile: absolute(issuer.caFile) } : issuer,
    ),
  };
}

/** Decodes, completes and checks a configuration text. Paths in it are relative to `file`. */
export function parseConfig(file: string, text: string): Config {
  const parsed = configSchema.safeParse(decode(file, text), { error: issueInWords });
  if (!parsed.success) throw new ConfigError(file, parsed.error.issues.map(describeIssue));
  const problems = checkConfig(parsed.data);
  if (problems.length > 0) throw new ConfigError(file, problems);
  return Object.freeze(withAbsolutePaths(parsed.data, file));
}

/**
 * Reads a configuration file.
 * @throws ConfigError with every problem in it
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const reading = await readBoundedFile(file, MAX_FILE_BYTES);
  if ('problem' in reading) throw new ConfigError(file, [{ path: '', message: reading.problem }]);
  const config = parseConfig(file, textOf(file, reading.bytes));
  return { config, digest: createHash('sha256').update(reading.bytes).digest('hex'), file };
}
