// SPDX-License-Identifier: Apache-2.0
import { workerData } from 'node:worker_threads';
import { answerQuestions } from '../apart/answer-questions.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { doWork, type EffectAnswer, type EffectWork, packed } from './effect-work.ts';

const hmac = oneShotHmac(workerData);
answerQuestions(({ kind, question }: EffectWork): EffectAnswer => packed(doWork(kind, question, hmac)));
