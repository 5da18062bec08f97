import { defineAgent } from '../../../../runtime/agent.ts';
import { patternsIn } from '../../analyze/patterns-in.ts';
import { rememberPatterns } from '../../analyze/remember-patterns.ts';
import { termsOf } from '../../analyze/terms.ts';
import { voteFor } from '../../collaborate/votes.ts';
import { POOLS } from '../../pools.ts';
import { readSaid, wholeOf } from '../../read-said.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  assess_importance: async ({ memory: raw }, { memory }) => {
    const words = new Set(termsOf(raw.text).map(({ stem }) => stem));
    const { entries } = await memory.recall({ text: raw.text, pools: [POOLS.patterns], limit: 10 });
    const shared = entries.filter(({ text }) => termsOf(text).some(({ stem }) => words.has(stem)));
    if (shared.length > 0) return voteFor(true, `it speaks of what comes up often: ${shared[0]?.text}`);
    const dated =
      /\d{1,2}[:.]\d{2}|\b\d{4}\b|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight/iu.test(
        raw.text,
      );
    return voteFor(dated, dated ? 'it says when' : 'nobody speaks of this otherwise, and it says no time');
  },

  analyze_patterns: async ({ stretches, whole }, { memory, parameters }) => {
    const said = await readSaid(memory, whole ? wholeOf(stretches) : stretches);
    const patterns = patternsIn(said, parameters.time_zone);
    if (whole)
      for (const [conversation, own] of Map.groupBy(said, (one) => one.conversation))
        await rememberPatterns(patternsIn(own, parameters.time_zone), conversation, memory);
    return { type: 'patterns_analyzed' as const, stretches, patterns };
  },
});
