// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../row.ts';

const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-greeting
  labels: { release: {{ .Release.Name }} }
data:
  greeting: {{ .Values.greeting | quote }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  ports: [{ port: 80 }]
`;

const FILES = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: greeter\nversion: 1.0.0\n',
  'chart/values.yaml': 'greeting: hello\n',
  'chart/templates/all.yaml': TEMPLATE,
};

function helm(name: string, ...steps: readonly (readonly string[])[]): Row {
  return { name, program: 'helm', steps, files: FILES };
}

const install = ['install', 'greeter', 'chart'];

/** Rows of helm, which keeps each release in a Secret: they need a permit with @reveal on those. */
export const HELM: readonly Row[] = [
  helm(
    'helm install',
    install,
    ['list'],
    ['status', 'greeter', '-o', 'json'],
    ['get', 'manifest', 'greeter'],
    ['get', 'values', 'greeter'],
  ),
  helm(
    'helm upgrade, history, rollback',
    install,
    ['upgrade', 'greeter', 'chart', '--set', 'greeting=bonjour'],
    ['rollback', 'greeter', '1'],
    ['history', 'greeter'],
    ['list', '-o', 'json'],
  ),
  helm(
    'helm upgrade --install, dry run, what a release holds',
    ['install', 'greeter', 'chart', '--dry-run=server'],
    ['upgrade', '--install', 'greeter', 'chart', '--wait', '--description=first'],
    ['upgrade', '--install', 'greeter', 'chart', '--reuse-values', '--set', 'greeting=hallo', '-o', 'json'],
    ['get', 'all', 'greeter'],
    ['get', 'values', 'greeter', '--all', '--revision=1'],
    ['get', 'notes', 'greeter'],
    ['list', '-o', 'yaml'],
    ['uninstall', 'greeter', '--keep-history'],
    ['history', 'greeter'],
  ),
  helm('helm uninstall', install, ['uninstall', 'greeter'], ['list', '-q']),
];
