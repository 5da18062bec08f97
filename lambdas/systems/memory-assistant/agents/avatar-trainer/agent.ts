import { DataError } from '../../../../contracts/errors.ts';
import { defineAgent } from '../../../../runtime/agent.ts';
import { consentOf, keepStyle, knownStyles, recordConsent } from '../../avatar/consent.ts';
import { distances, styleOf } from '../../avatar/style.ts';
import { personOf } from '../../person-name.ts';
import { POOLS } from '../../pools.ts';
import { ALL_TIME, readStretch } from '../../read-stretch.ts';
import { manifest } from './manifest.ts';

/** Of fewer messages nothing can be said. */
const LEAST_MESSAGES = 5;

export const agent = defineAgent(manifest, {
  record_consent: async ({ person: name, given, by, until }, { memory }) => {
    const person = personOf(name);
    const forgotten = await recordConsent(memory, { person, given, by, until });
    return { type: 'consent_recorded' as const, person, given, forgotten };
  },

  train_avatar: async ({ person: name }, { memory, clock }) => {
    const person = personOf(name);
    if (!(await consentOf(memory, person, clock.now())))
      throw new DataError('no_consent', 'this person has not agreed to be imitated: record their consent first');
    const said = await readStretch(memory, { pool: POOLS.memories, subject: person, ...ALL_TIME });
    const texts = said.filter(({ speaker }) => speaker === person).map(({ text }) => text);
    if (texts.length < LEAST_MESSAGES)
      throw new DataError(
        'too_little_said',
        `this person has ${texts.length} messages; ${LEAST_MESSAGES} at least are needed`,
      );
    const style = styleOf(person, texts);
    await keepStyle(memory, style);
    return { type: 'avatar_trained' as const, style };
  },

  compare_style: async ({ text }, { memory, clock }) => {
    const styles = await knownStyles(memory, clock.now());
    const enough = styles.length > 1 && text.split(/\s+/u).length >= 20;
    return {
      type: 'style_compared' as const,
      distances: styles.length > 1 ? distances(text, styles) : [],
      notes: enough
        ? []
        : [
            styles.length > 1
              ? 'fewer than twenty words: this is a guess'
              : 'fewer than two people have agreed: there is nothing to compare',
          ],
    };
  },
});
