// SPDX-License-Identifier: Apache-2.0
import { answerQuestions } from '../apart/answer-questions.ts';
import { ApartEngine } from './apart-engine.ts';

const engine = new ApartEngine();
answerQuestions((question: Parameters<ApartEngine['answer']>[0]) => engine.answer(question));
