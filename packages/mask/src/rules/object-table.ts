// SPDX-License-Identifier: Apache-2.0
import { FREE_MEMBERS, HARMLESS_MEMBERS, HARMLESS_TREES } from './harmless-members.ts';
import { metadataIn, scalarIn, type Tree, treeOf } from './metadata.ts';
import { ANY_NAMES, arrayOf, keep, leaf, objectRules, type PathNode, plain, withMembers } from './path-node.ts';
import { ALSO_VALUES } from './value-members.ts';

type Members = Readonly<Record<string, PathNode>>;

const VALUE = 'password';

/** The same members of a tree, whatever the object. */
function everywhere(tree: Tree): Members {
  const argument = leaf('argument', 'argument', VALUE);
  const commandLine: PathNode = { leaf: tree.leaf, object: tree.object, array: arrayOf(scalarIn(tree, argument)) };
  return {
    metadata: metadataIn(tree, false),
    value: scalarIn(tree, leaf('pair', 'named-value', VALUE)),
    args: commandLine,
    command: commandLine,
  };
}

function all(names: readonly string[], node: PathNode): Members {
  return Object.fromEntries(names.map((name) => [name, node]));
}

/**
 * Objects of which we know nothing: custom resources, aggregated APIs. All strings are looked into, and what stands under
 * the name of a secret is masked, at any depth.
 */
function freeTree(): Tree {
  const tree = treeOf('free', ANY_NAMES);
  const one = treeBelow(tree, 'named');
  const several = treeBelow(tree, 'several');
  const secrets = { one, several, either: { leaf: one.leaf, object: several.object, array: arrayOf(keep) } };
  secrets.either.array.elements = secrets.either;
  for (const { object } of [tree, one, several]) object.secrets = secrets;
  const name = scalarIn(tree, leaf('scanned-name', 'detector', 'text'));
  const members: Members = { ...everywhere(tree), name, key: name };
  const values = ['value', ...ALSO_VALUES];
  withMembers(one, { ...members, ...all(values, scalarIn(one, namedLeaf('named-pair'))) });
  withMembers(several, { ...members, ...all(values, scalarIn(several, namedLeaf('several-pair'))) });
  tree.object.pairs = { name, value: members.value ?? tree };
  one.object.pairs = { name, value: scalarIn(one, namedLeaf('named-pair')) };
  several.object.pairs = { name, value: scalarIn(several, namedLeaf('several-pair')) };
  return withMembers(tree, { ...members, ...all(ALSO_VALUES, members.value ?? tree) });
}

function namedLeaf(treatment: 'named' | 'named-pair' | 'several' | 'several-pair'): PathNode {
  return leaf(treatment, 'named-value', VALUE);
}

/** What stands under the name of a secret, or of several: of an object all but what is about the secret. */
function treeBelow(tree: Tree, treatment: 'named' | 'several'): Tree {
  const node: Tree = {
    leaf: namedLeaf(treatment).leaf,
    object: objectRules({ pairNames: ANY_NAMES, about: tree, mayBeManifest: true }),
    array: arrayOf(keep),
  };
  node.object.others = node;
  node.array.elements = node;
  return node;
}

/** Built-in objects, whose members are known: names say nothing there but in pairs, command lines and free maps. */
function knownTree(free: Tree): Tree {
  const tree = treeOf('scan', 1);
  const harmless = scalarIn(tree, plain);
  return withMembers(tree, {
    ...all(HARMLESS_MEMBERS, harmless),
    ...all(HARMLESS_TREES, keep),
    ...all(FREE_MEMBERS, free),
    ...everywhere(tree),
    name: scalarIn(tree, leaf('name', 'detector', 'text')),
    token: scalarIn(tree, leaf('text', 'issued-token', 'jwt')),
  });
}

/** Whatever may come back on the path of a resource: object, PartialObjectMetadata, their lists, Table, Status. */
function rootOf(tree: Tree, members: Members = {}): PathNode {
  const object = objectRules({
    others: tree,
    secrets: tree.object.secrets,
    pairNames: tree.object.pairNames,
    pairs: tree.object.pairs,
    mayBeManifest: tree.object.mayBeManifest,
    beginsObject: true,
  });
  const root = { leaf: tree.leaf, object, array: arrayOf(keep) };
  root.array.elements = root;
  object.members.setAll(tree.object.members);
  return withMembers(root, { ...formsOf(tree, root), ...members });
}

function formsOf(tree: Tree, root: PathNode): Members {
  const error = (treatment: 'error' | 'cause' | 'cause-field') =>
    scalarIn(tree, leaf(treatment, 'quoted-value', 'field'));
  const inTree = (members: Members, pairNames = 0) =>
    withMembers(
      {
        leaf: tree.leaf,
        object: objectRules({ others: tree, secrets: tree.object.secrets, pairNames }),
        array: tree.array,
      },
      members,
    );
  const cells = {
    leaf: tree.leaf,
    object: tree.object,
    array: arrayOf(scalarIn(tree, leaf('any-cell', 'table-cell', 'cell'))),
  };
  const row = inTree({ cells, object: root });
  const column = inTree({ name: leaf('column', 'detector', 'text') });
  const cause = inTree({ reason: scalarIn(tree, plain), message: error('cause'), field: error('cause-field') }, 1);
  return {
    apiVersion: scalarIn(tree, plain),
    kind: scalarIn(tree, plain),
    metadata: metadataIn(tree, true),
    items: { leaf: tree.leaf, object: tree.object, array: arrayOf(root, { units: true }) },
    columnDefinitions: { leaf: tree.leaf, object: tree.object, array: arrayOf(column, { columns: true }) },
    rows: { leaf: tree.leaf, object: tree.object, array: arrayOf(row, { units: true }) },
    message: error('error'),
    details: inTree({ causes: { leaf: tree.leaf, object: tree.object, array: arrayOf(cause) } }),
  };
}

const free = freeTree();
const known = knownTree(free);

const configValue = leaf('config', 'config-value', VALUE);
const configFile = leaf('binary', 'config-value', VALUE);

/** ConfigMaps: each member of `data` is a value or a whole file. */
const configMap: Members = {
  data: { leaf: known.leaf, object: objectRules({ others: scalarIn(known, configValue) }), array: known.array },
  binaryData: { leaf: known.leaf, object: objectRules({ others: scalarIn(known, configFile) }), array: known.array },
};

export const customObject: PathNode = rootOf(free);
export const builtInObject: PathNode = rootOf(known);
export const configMapObject: PathNode = rootOf(known, configMap);
export const definitionObject: PathNode = rootOf(treeOf('scan', 0));
