// SPDX-License-Identifier: Apache-2.0
import { CANARY_SPELLINGS } from './canaries.ts';

/** Something that may differ between a command run direct and the same command run through the gateway. */
interface Difference {
  readonly what: string;
  readonly why: string;
  readonly pattern: RegExp;
  readonly becomes: string;
}

/**
 * All that may differ, in the order in which it is put aside. Whatever else differs is a defect.
 */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'namespace',
    why: 'each run has a namespace of its own, with a name of the same length',
    pattern: /\bm-(?:dir|gwy)-(\w+)\b/g,
    becomes: 'm-NAMESPACE-$1',
  },
  {
    what: 'masked values',
    why: 'the gateway masks what the API server tells in the clear',
    pattern: new RegExp(`${CANARY_SPELLINGS.join('|')}|masked-v1-[a-z]+-[a-z2-7]+|bWFza2VkLXYx[A-Za-z0-9+/]+=*`, 'g'),
    becomes: 'MASKED',
  },
  {
    what: 'lengths of masked values',
    why: '`describe` counts the bytes of a Secret, and a mask has a length of its own',
    pattern: /\b\d+ bytes$/gm,
    becomes: 'N bytes',
  },
  {
    what: 'uids',
    why: 'the API server makes one for each object',
    pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    becomes: 'UID',
  },
  {
    what: 'resource versions',
    why: 'they count the changes of the whole cluster',
    pattern: /(resourceVersion"?: ?"?|resourceVersion=|ResourceVersion: +)\d+/g,
    becomes: '$1RV',
  },
  {
    what: 'times',
    why: 'one run comes after the other',
    pattern: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g,
    becomes: 'TIME',
  },
  {
    what: 'dates',
    why: 'one run comes after the other; `describe`, `diff` and helm write them in words',
    pattern:
      /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}(?: UTC *)?|\bUPDATED +|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g,
    becomes: 'DATE',
  },
  {
    what: 'times of releases',
    why: 'helm labels each release with the second of its last change',
    pattern: /(modifiedAt"?: ?"?)\d+/g,
    becomes: '$1SECOND',
  },
  {
    what: 'ages',
    why: 'one run comes after the other; a column is as wide as its widest cell',
    // Of some minutes to the second, and of ten minutes and more, kubectl says the minutes alone.
    pattern: /\b(?:\d+d)?(?:\d+h)?(?:(?:\d+m)?\d+s|(?:[2-9]|\d\d|1[0-7]\d)m)\b *|\bAGE\b */g,
    becomes: 'AGE ',
  },
  {
    what: 'widths of cells without an age',
    why: 'a column is as wide as its widest cell; that there is no age is the same on both sides',
    pattern: /<(unknown|invalid)> */g,
    becomes: '<$1> ',
  },
  {
    what: 'cluster addresses',
    why: 'each Service gets the next free one, which may be longer',
    pattern: /\b10\.96\.\d+\.\d+\b *|\bCLUSTER-IP\b */g,
    becomes: 'ADDRESS ',
  },
  {
    what: 'pod addresses',
    why: 'each pod gets the next free one, which may be longer; a column is as wide as its widest cell',
    pattern: /(?:\b10\.251\.\d+\.\d+\b|\bIP(?= +NODE\b)) */g,
    becomes: 'POD ',
  },
  {
    what: 'widths of cells without anything',
    why: 'a column is as wide as its widest cell; that there is nothing is the same on both sides',
    pattern: /<none> */g,
    becomes: '<none> ',
  },
  {
    what: 'containers',
    why: 'the runtime makes up an id for each',
    pattern: /containerd:\/\/[0-9a-f]{64}/g,
    becomes: 'containerd://ID',
  },
  {
    what: 'execs that fail',
    why: 'the runtime makes up an id for each',
    pattern: /failed to start exec "[0-9a-f]{64}"/g,
    becomes: 'failed to start exec "ID"',
  },
  {
    what: 'how often an error is internal',
    why: 'the API server says so once more where it translates for a kubelet, as it does for WebSocket, which the gateway speaks with it',
    pattern: /(?:Internal error occurred: )+/g,
    becomes: 'Internal error occurred: ',
  },
  {
    what: 'remarks of tar',
    why: '`kubectl cp` is over when it has the files, whether or not it has read what else tar says',
    pattern: /^tar: .*\n/gm,
    becomes: '',
  },
  {
    what: 'a greeting that is dropped',
    why: 'a server says by an empty message that a WebSocket stands; kubectl 1.30 may read that before it has made its stream, and says so. A message that is not empty is missed in what comes out',
    pattern: /^E\d{4} .*\] Unknown stream id 1, discarding message\r?\n/m,
    becomes: '',
  },
  {
    what: 'node ports',
    why: 'each Service gets a free one',
    pattern: /(:(?=\d+\/(?:TCP|UDP))|nodePort"?: ?|NodePort: +\S+ +)3[0-2]\d{3}\b/gi,
    becomes: '$130000',
  },
  {
    what: 'tokens',
    why: 'the API server signs another for each request, and the gateway masks it',
    pattern: /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
    becomes: 'MASKED',
  },
  {
    what: 'random ends of names',
    why: 'the API server makes up the end of a generated name',
    pattern: /\b(generated-)[a-z0-9]{5}\b/g,
    becomes: '$1RANDOM',
  },
  {
    what: 'progress of rollouts',
    why: 'whether a controller is done before the client asks is chance',
    pattern: /^Waiting for deployment .*\n/gm,
    becomes: '',
  },
  {
    what: 'kinds of items',
    why: 'the gateway has JSON where it masks, which names the kind of each item; protobuf leaves it out',
    pattern: /^ *"kind": "PartialObjectMetadata",\n *"apiVersion": "meta\.k8s\.io\/v1",\n/gm,
    becomes: '',
  },
  {
    what: 'empty lists',
    why: 'the gateway has JSON where it masks, in which an empty list is one; protobuf has nothing for it',
    pattern: /"items": (?:null|\[\])/g,
    becomes: '"items": NONE',
  },
  {
    what: 'which ReplicaSet is the newest',
    why: 'kubectl compares pod templates, and a value in a Deployment has another mask than in its ReplicaSet',
    pattern: /^OldReplicaSets: .*\bvault-.*\nNewReplicaSet: .*$|^OldReplicaSets: .*\nNewReplicaSet: .*\bvault-.*$/gm,
    becomes: 'REPLICASETS',
  },
  {
    what: 'server address',
    why: 'the gateway serves each cluster below a path of its own',
    pattern: /https:\/\/127\.0\.0\.1:\d+(?:\/clusters\/lab)?/g,
    becomes: 'SERVER',
  },
  {
    what: 'temporary files',
    why: '`kubectl diff` and `edit` give them random names',
    pattern: /\/tmp\/(LIVE|MERGED|kubectl-edit)-?\d+(\.yaml)?/g,
    becomes: '/tmp/$1',
  },
];

/** A text without what may differ. */
export function comparable(text: string): string {
  return DIFFERENCES.reduce((rest, { pattern, becomes }) => rest.replace(pattern, becomes), text);
}
