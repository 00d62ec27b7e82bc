// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { takeHandover } from './api/page-secret.ts';
import { App } from './app.tsx';

takeHandover();
const place = document.getElementById('app');
if (place) render(<App />, place);
