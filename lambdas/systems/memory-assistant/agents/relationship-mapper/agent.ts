import { defineAgent } from '../../../../runtime/agent.ts';
import { NOBODY } from '../../analyze/said.ts';
import { voteFor } from '../../collaborate/votes.ts';
import { personOf } from '../../person-name.ts';
import { readSaid, wholeOf } from '../../read-said.ts';
import { aliasesIn, resolver } from '../../relate/aliases.ts';
import { factsIn } from '../../relate/facts-in.ts';
import { knownAliases, knownTies, rememberRelationships } from '../../relate/remember-relationships.ts';
import { circleOf, communitiesIn, wayBetween } from '../../relate/social-graph.ts';
import { type Tie, tiesIn } from '../../relate/ties-in.ts';
import { manifest } from './manifest.ts';

const SHOWN = 50;

/** A name as people ask for somebody: by an alias, or by the part of a name that only one person has. */
function personKnownAs(nameOf: (name: string) => string, ties: readonly Tie[]): (name: string) => string {
  const people = [...new Set(ties.flatMap(({ a, b }) => [a, b]))];
  return (name) => {
    const known = nameOf(name);
    if (people.includes(known)) return known;
    const matching = people.filter((person) => person.toLowerCase().split(' ').includes(known.toLowerCase()));
    const [only] = matching;
    return matching.length === 1 && only !== undefined ? only : known;
  };
}

const shownCommunities = (ties: readonly Tie[]) =>
  communitiesIn(ties)
    .slice(0, SHOWN)
    .map(({ members, closeness }) => ({ members: [...members], closeness }));

export const agent = defineAgent(manifest, {
  assess_importance: async ({ memory: raw }, { memory }) => {
    const person = raw.speaker === undefined ? NOBODY : personOf(raw.speaker);
    const facts = factsIn(
      [{ id: '', person, text: raw.text, at: 0, conversation: '', language: 'und' }],
      (name) => name,
    );
    if (facts[0]) return voteFor(true, `it tells of ${facts[0].person}: ${facts[0].attribute}`);
    const words = new Set(raw.text.match(/[\p{L}\p{M}\p{N}]+/gu));
    const ties = await knownTies(memory);
    const named = [...new Set(ties.flatMap(({ a, b }) => [a, b]))].find((name) =>
      words.has(name.split(' ')[0] ?? name),
    );
    return voteFor(named !== undefined, named === undefined ? 'it tells nothing of anybody' : `it names ${named}`);
  },

  update_relationships: async ({ stretches, patterns }, { memory, clock }) => {
    const now = clock.now();
    const said = await readSaid(memory, wholeOf(stretches));
    const people = [...new Set(said.map(({ person }) => person))].filter((name) => name !== NOBODY);
    const aliases = aliasesIn(people, said);
    const nameOf = resolver([...(await knownAliases(memory)), ...aliases]);
    const [ties, facts] = [tiesIn(said, nameOf), factsIn(said, nameOf)];
    const byConversation = Map.groupBy(said, ({ conversation }) => conversation);
    const { contradictions } = await rememberRelationships(
      { ties: new Map([...byConversation].map(([name, own]) => [name, tiesIn(own, nameOf)])), aliases, facts },
      memory,
      now,
    );
    const all = await knownTies(memory);
    return {
      type: 'relationships_updated' as const,
      stretches,
      relationships: {
        people: new Set(people.map(nameOf)).size,
        ties: ties
          .slice(0, SHOWN)
          .map(({ a, b, replies, mentions, conversations }) => ({ a, b, replies, mentions, conversations })),
        ...{ aliases: aliases.slice(0, SHOWN), communities: shownCommunities(all) },
        ...{ facts: facts.length, contradictions: contradictions.slice(0, SHOWN) },
      },
      ...(patterns !== undefined && { patterns }),
    };
  },

  query_relationships: async ({ person, to, depth }, { memory }) => {
    const [ties, aliases] = await Promise.all([knownTies(memory), knownAliases(memory)]);
    const nameOf = personKnownAs(resolver(aliases), ties);
    const who = person === undefined ? undefined : nameOf(personOf(person));
    const way = who !== undefined && to !== undefined ? wayBetween(ties, who, nameOf(personOf(to))) : undefined;
    return {
      type: 'relationships' as const,
      person: who ?? null,
      circle: who === undefined ? [] : circleOf(ties, who, depth),
      also_called:
        who === undefined ? [] : aliases.filter((one) => nameOf(one.alias) === who).map(({ alias }) => alias),
      way: way ? [...way] : null,
      communities: shownCommunities(ties),
    };
  },
});
