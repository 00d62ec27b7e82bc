// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readAddress } from '../notifications/receiver-files.ts';
import { CedarEngine } from '../policies/cedar.ts';
import { checkDirectory } from '../policies/check-directory.ts';
import { formatProblem } from '../policies/policies-error.ts';
import { readPolicyDirectory } from '../policies/policy-directory.ts';
import { readStoreKey } from '../store/store-key.ts';
import { readBoundedFile } from './bounded-file.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { LoadedConfig } from './load.ts';
import { readPassword } from './password-file.ts';
import type { Config } from './schema.ts';

const MAX_PEM_BYTES = 1024 * 1024;
const PEM_CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/** The value of a PEM file, or what is wrong with the file. */
type PemReading<T> = { readonly value: T } | { readonly problem: string };

async function readPem<T>(file: string, what: string, parse: (bytes: Buffer) => T): Promise<PemReading<T>> {
  const reading = await readBoundedFile(file, MAX_PEM_BYTES);
  if ('problem' in reading) return { problem: `${file} ${reading.problem}` };
  try {
    return { value: parse(reading.bytes) };
  } catch {
    return { problem: `${file} holds no ${what} in PEM` };
  }
}

/** The first certificate of a file. DER is refused, as a listener doesn't take it. */
function readCertificate(file: string): Promise<PemReading<X509Certificate>> {
  return readPem(file, 'certificate', (bytes) => {
    if (!bytes.includes(PEM_CERTIFICATE)) throw new TypeError(PEM_CERTIFICATE);
    return new X509Certificate(bytes);
  });
}

async function tlsProblems(
  { certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string },
  path: string,
): Promise<readonly ConfigProblem[]> {
  const certificate = await readCertificate(certificateFile);
  const key = await readPem(keyFile, 'private key without a passphrase', createPrivateKey);
  const problems: ConfigProblem[] = [];
  if ('problem' in certificate) problems.push({ path: `${path}.certificateFile`, message: certificate.problem });
  if ('problem' in key) problems.push({ path: `${path}.keyFile`, message: key.problem });
  if ('value' in certificate && 'value' in key && !certificate.value.checkPrivateKey(key.value)) {
    problems.push({ path: `${path}.keyFile`, message: `${keyFile} is not the key of ${certificateFile}` });
  }
  return problems;
}

/**
 * Makes sure that listeners and issuers can be opened.
 * @throws ConfigError with everything that is wrong with the certificates and keys of a configuration
 */
export async function assertCertificates({ config, file }: LoadedConfig): Promise<void> {
  const problems = await checkCertificates(config);
  if (problems.length > 0) throw new ConfigError(file, problems);
}

/**
 * The same for issuers and receivers alone: of a changed configuration, as its listeners are open.
 * @throws ConfigError
 */
export async function assertChangedFiles({ config, file }: LoadedConfig): Promise<void> {
  const problems = [...(await checkIssuerCas(config)), ...(await checkReceiverFiles(config))];
  if (problems.length > 0) throw new ConfigError(file, problems);
}

/** What is wrong with the certificates and keys that a configuration names; without them no listener opens. */
export async function checkCertificates({
  listeners,
  issuers,
  store,
  console,
  notifications,
}: Config): Promise<readonly ConfigProblem[]> {
  const problems = [
    ...(await tlsProblems(listeners.data.tls, 'listeners.data.tls')),
    ...(await tlsProblems(listeners.control.tls, 'listeners.control.tls')),
    ...(listeners.console?.tls ? await tlsProblems(listeners.console.tls, 'listeners.console.tls') : []),
    ...(await checkStoreFiles(store)),
    ...(await checkConsoleFiles(console)),
    ...(await checkReceiverFiles({ notifications })),
  ];
  return [...problems, ...(await checkIssuerCas({ issuers }))];
}

/** What is wrong with the files that a store is opened with. */
async function checkStoreFiles({ postgres, keyFile }: Config['store']): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  if (postgres?.caFile !== undefined) {
    const ca = await readCertificate(postgres.caFile);
    if ('problem' in ca) problems.push({ path: 'store.postgres.caFile', message: ca.problem });
  }
  if (postgres?.passwordFile !== undefined) {
    const password = await readPassword(postgres.passwordFile);
    if ('problem' in password) problems.push({ path: 'store.postgres.passwordFile', message: password.problem });
  }
  if (keyFile !== undefined) {
    const key = await readStoreKey(keyFile);
    if ('problem' in key) problems.push({ path: 'store.keyFile', message: key.problem });
  }
  return problems;
}

async function checkConsoleFiles(console: Config['console']): Promise<readonly ConfigProblem[]> {
  if (console?.clientSecretFile === undefined) return [];
  const secret = await readPassword(console.clientSecretFile);
  return 'problem' in secret ? [{ path: 'console.clientSecretFile', message: secret.problem }] : [];
}

/** What is wrong with the files of those who are to be told; what is in them is told to nobody. */
async function checkReceiverFiles({
  notifications: { receivers },
}: Pick<Config, 'notifications'>): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const [index, receiver] of receivers.entries()) {
    const address = await readAddress(receiver);
    if ('problem' in address)
      problems.push({ path: `notifications.receivers.${index}.${address.key}`, message: address.problem });
  }
  return problems;
}

/** What is wrong with the CAs of issuers; without them none of their keys can be had. */
async function checkIssuerCas({ issuers }: Pick<Config, 'issuers'>): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const [index, issuer] of issuers.entries()) {
    if (issuer.kind !== 'oidc' || issuer.caFile === undefined) continue;
    const ca = await readCertificate(issuer.caFile);
    if ('problem' in ca) problems.push({ path: `issuers.${index}.caFile`, message: ca.problem });
  }
  return problems;
}

/** What is wrong with the policies that a configuration names. */
export async function checkPolicyFolder({ policies }: Config): Promise<readonly ConfigProblem[]> {
  const { problems } = checkDirectory(new CedarEngine(), await readPolicyDirectory(policies.dir));
  return problems.map((problem) => ({ path: 'policies.dir', message: formatProblem(problem) }));
}
