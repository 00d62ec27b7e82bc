// SPDX-License-Identifier: Apache-2.0
import {
  type ArrayRules,
  arrayOf,
  keep,
  leaf,
  listOf,
  type ObjectRules,
  objectRules,
  type PathNode,
  plain,
  record,
  recordOfItself,
  rule,
  withMembers,
} from './path-node.ts';

/** A node that takes any JSON: its members and elements are such nodes again, but for those that are named. */
export interface Tree extends PathNode {
  readonly object: ObjectRules;
  readonly array: ArrayRules;
}

/** A tree in which strings get one treatment. */
export function treeOf(treatment: 'scan' | 'free', pairNames: number): Tree {
  const node: Tree = {
    leaf: rule(treatment, 'detector', 'text'),
    object: objectRules({ pairNames, mayBeManifest: treatment === 'free' }),
    array: arrayOf(keep),
  };
  node.object.others = node;
  node.array.elements = node;
  return node;
}

/** A place in a tree where scalars get another treatment, and so do those in an array. */
export function scalarIn(tree: Tree, { leaf }: PathNode): PathNode {
  const node: PathNode & { array: ArrayRules } = { leaf, object: tree.object, array: arrayOf(keep) };
  node.array.elements = node;
  return node;
}

/** Annotations that hold a whole manifest as JSON. */
const MANIFESTS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'kapp.k14s.io/original',
  'kopf.zalando.org/last-handled-configuration',
];

/** Annotations that hold a value, or a manifest in a form of their own. */
const WHOLE = ['objectset.rio.cattle.io/applied', 'banzaicloud.com/last-applied', 'openshift.io/token-secret.value'];

const copyOfManifest = leaf('embedded-json', 'last-applied', 'annotation');
const wholeAnnotation = leaf('text', 'annotation', 'annotation');
const anyAnnotation = leaf('annotation', 'annotation-scan', 'annotation');

/** Annotations by name; all others are looked into. */
export const annotations: PathNode & { readonly object: ObjectRules } = withMembers(record({ others: anyAnnotation }), {
  ...Object.fromEntries(MANIFESTS.map((name) => [name, copyOfManifest])),
  ...Object.fromEntries(WHOLE.map((name) => [name, wholeAnnotation])),
});

/** Members of ObjectMeta and ListMeta that are no map and no fact, all of a syntax that the API server checks. */
const CHECKED = [
  ...['generateName', 'selfLink', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['deletionGracePeriodSeconds', 'continue', 'remainingItemCount'],
];

/** In lists of built-in objects elements are told apart by names, ports and the like. */
function managedFieldsIn(listKeys: boolean): PathNode {
  const names = ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'subresource'];
  const below = listKeys ? rule('text', 'managed-field-key', 'field') : undefined;
  const fieldsV1 = recordOfItself({ leaf: rule('scan', 'managed-field-key', 'text'), listKeys, below });
  return listOf(withMembers(record(), { ...Object.fromEntries(names.map((name) => [name, plain])), fieldsV1 }));
}

/** Metadata of an object, where what it says of identity counts; that of a template says nothing of the object. */
export function metadataIn(tree: Tree, isOfObject: boolean): PathNode {
  const fact = (name: 'name' | 'namespace' | 'uid') =>
    isOfObject ? leaf('fact', 'unknown-field', 'field', name) : plain;
  const node = {
    leaf: tree.leaf,
    object: objectRules({ others: tree, secrets: tree.object.secrets }),
    array: tree.array,
  };
  return withMembers(node, {
    ...Object.fromEntries(CHECKED.map((name) => [name, scalarIn(tree, plain)])),
    ...{ name: fact('name'), namespace: fact('namespace'), uid: fact('uid') },
    labels: mapOfLabels(tree),
    annotations: { leaf: tree.leaf, object: annotations.object, array: tree.array },
    ownerReferences: keep,
    finalizers: scalarIn(tree, plain),
    managedFields: managedFieldsIn(tree.object.secrets !== undefined),
  });
}

/** Values of labels are of at most 63 checked characters, and selectors quote them. */
function mapOfLabels(tree: Tree): PathNode {
  return { leaf: tree.leaf, object: objectRules({ others: scalarIn(tree, plain) }), array: tree.array };
}
