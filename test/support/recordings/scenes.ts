import * as z from 'zod';
import type { ProviderRequest } from '../../../lambdas/runtime/models/provider.ts';
import { schemaFor } from '../../../lambdas/runtime/models/structured.ts';

const user = (content: string) => [{ role: 'user' as const, content }];
const plain = { maxOutputTokens: 24, temperature: 0 };

export const Cat = z.object({ name: z.string(), legs: z.number().int() });

/** Texts that tokenizers find hard: what they count is compared with our upper bound. */
const HARD_TEXTS: Readonly<Record<string, string>> = {
  english: 'The quick brown fox jumps over the lazy dog. '.repeat(4),
  code: 'for (let i = 0; i < 10; i++) { console.log(i + ": " + "x".repeat(i)); }',
  chinese: '人工智能代理不得在崩溃后重复付费步骤。',
  arabic: 'يجب ألا يكرر الوكيل خطوة مدفوعة بعد التعطل. ﷺ',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈🇺🇳🫠🪿 zalgo: h̷̨̛e̴̢͝l̶͎̐l̷̰̓ó̴͜',
  digits: '3141592653589793238462643383279502884197169399375105820974944592',
  spaces: `a${' '.repeat(60)}b${'\n'.repeat(40)}c${'\t'.repeat(20)}d`,
  rare: 'ꙮ ⸘ 𝕬𝖇𝖈 ㎏ ﬃ Ω ½ \u0000\u0001 \u202e end',
};

/** What the recorded model was asked, by name. */
export const SCENES: Readonly<Record<string, ProviderRequest>> = {
  answer: { ...plain, messages: user('What is the capital of France?') },
  system: { ...plain, system: 'Answer in one word.', messages: user('The colour of the sky?') },
  object: { ...plain, maxOutputTokens: 60, messages: user('Describe a cat called Tom.'), schema: schemaFor(Cat) },
  tool: {
    ...plain,
    maxOutputTokens: 40,
    messages: user('What is the weather in Rome?'),
    toolChoice: 'required',
    tools: [
      {
        name: 'weather',
        description: 'The weather of a city',
        input: { type: 'object', properties: { city: { enum: ['Rome', 'Oslo'] } }, required: ['city'] },
      },
    ],
  },
  conversation: {
    ...plain,
    messages: [...user('My name is Ada.'), { role: 'assistant', content: 'Hello Ada!' }, ...user('What is my name?')],
  },
  'too long': { ...plain, messages: user('word '.repeat(3_000)) },
  ...Object.fromEntries(
    Object.entries(HARD_TEXTS).map(([name, text]) => [
      `hard: ${name}`,
      { ...plain, maxOutputTokens: 1, messages: user(text) },
    ]),
  ),
};
