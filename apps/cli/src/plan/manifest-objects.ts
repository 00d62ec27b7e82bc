// SPDX-License-Identifier: Apache-2.0
import { parseAllDocuments } from 'yaml';
import { CliError } from '../cli-error.ts';

/** A tag of the YAML library, as far as it says which texts it is for. */
interface Tag {
  readonly tag?: string;
  readonly format?: string;
}

type Member = Readonly<Record<string, unknown>>;

const isMember = (value: unknown): value is Member =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As kubectl reads YAML: 1.1, but for times, which are texts to it. */
function isKubectlTag(one: string | Tag): boolean {
  return typeof one === 'string' || (one.format !== 'TIME' && one.tag !== 'tag:yaml.org,2002:timestamp');
}

/** What a number of more digits becomes here is not what kubectl sends. */
function exact(_name: string, value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new CliError(2, 'a whole number in it is too large to be kept exactly');
  return value;
}

function documents(text: string, where: string): readonly unknown[] {
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    customTags: (tags) => tags.filter(isKubectlTag),
  });
  return (Array.isArray(parsed) ? parsed : []).map((document) => {
    const [problem] = document.errors;
    if (problem) throw new CliError(2, `${where} is no YAML: ${problem.message.split('\n')[0]}`);
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  });
}

function objectsOf(document: unknown, where: string): readonly Member[] {
  if (document === null || document === undefined) return [];
  if (!isMember(document) || typeof document.apiVersion !== 'string' || typeof document.kind !== 'string')
    throw new CliError(2, `${where} holds something that is no object of Kubernetes: apiVersion and kind are missing`);
  const isList = document.apiVersion === 'v1' && document.kind === 'List' && Array.isArray(document.items);
  return isList ? (document.items as unknown[]).flatMap((item) => objectsOf(item, where)) : [document];
}

/** What helm writes into each object of a release. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
}

function ofRelease(object: Member, { name, namespace }: HelmRelease): Member {
  const metadata = isMember(object.metadata) ? object.metadata : {};
  const [labels, annotations] = [metadata.labels, metadata.annotations].map((one) => (isMember(one) ? one : {}));
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...annotations,
        'meta.helm.sh/release-name': name,
        'meta.helm.sh/release-namespace': namespace,
      },
    },
  };
}

/**
 * The objects of manifests, YAML of several documents or JSON, lists taken apart, each as a text of JSON.
 * @throws CliError (2) where they can't be read
 */
export function manifestObjects(text: string, where: string, release?: HelmRelease): readonly string[] {
  const objects = documents(text, where).flatMap((document) => objectsOf(document, where));
  return objects.map((object) => JSON.stringify(release ? ofRelease(object, release) : object, exact));
}
