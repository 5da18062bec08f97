import { describe, expect, test } from '@jest/globals';
import { contractsOf, createSelector } from '../../../lambdas/workflow/select.ts';
import { NOW } from '../../support/factories.ts';
import { agentWith, chooseOnce, facts, nameIn, openUntil } from './selection-factories.ts';

const NO_TASKS: ReadonlyMap<string, number> = new Map();
const three = [agentWith('a'), agentWith('b'), agentWith('c')];
const halfOpen = (name: string) => new Map([[name, openUntil(NOW - 1_000)]]);

describe('who is asked', () => {
  test('the only agent with the capability, and the journal says so', () => {
    expect(chooseOnce(facts([agentWith('a')]))).toEqual({ agent: agentWith('a'), why: 'only agent for work' });
  });

  test('the agent that the definition names, whoever else can do it', () => {
    const choice = chooseOnce(facts(three), { agent: 'b' });
    expect(choice).toEqual({ agent: three[1], why: 'named by the definition' });
  });

  test('nobody, when no agent has the capability or the named one has not', () => {
    const none = { code: 'no_capable_agent', class: 'non_recoverable' };
    expect(chooseOnce(facts(three), { type: 'other' })).toMatchObject({ none });
    expect(chooseOnce(facts(three), { agent: 'd' })).toMatchObject({ none });
    const message = "there is no agent d with the capability work; deploy one or correct the task's type";
    expect(chooseOnce(facts(three), { agent: 'd' })).toMatchObject({ none: { message } });
  });

  test('nobody for a type that is named like a property of every object', () => {
    expect(chooseOnce(facts(three), { type: 'constructor' })).toMatchObject({ none: { code: 'no_capable_agent' } });
  });

  test('the preferred agent while it is usable, else another', () => {
    expect(chooseOnce(facts(three), { prefer: 'c' })).toEqual({ agent: three[2], why: 'same agent again' });
    const ill = [agentWith('a'), agentWith('c', { state: 'failed' })];
    expect(nameIn(chooseOnce(facts(ill), { prefer: 'c' }))).toBe('a');
    expect(nameIn(chooseOnce(facts(three), { prefer: 'gone' }))).toBe('a');
    expect(nameIn(chooseOnce(facts(three), { prefer: 'c', exclude: new Set(['c']) }))).toBe('a');
  });

  test('not those to avoid, as long as another can', () => {
    const avoid = new Set(['a', 'b']);
    expect(nameIn(chooseOnce(facts(three), { avoid }))).toBe('c');
    const choice = chooseOnce(facts(three.slice(0, 1)), { avoid });
    expect(choice).toMatchObject({ why: 'only agent for work; it was to be avoided, but no other can' });
  });

  test('never those that are excluded', () => {
    expect(nameIn(chooseOnce(facts(three), { exclude: new Set(['a', 'b']) }))).toBe('c');
    const all = chooseOnce(facts(three), { exclude: new Set(['a', 'b', 'c']) });
    expect(all).toMatchObject({ none: { code: 'no_capable_agent', class: 'non_recoverable' } });
    expect(all).toMatchObject({ none: { message: expect.stringContaining('no other agent') } });
  });

  test('a healthy agent before one with issues, even before one that is not to be avoided', () => {
    const ill = agentWith('a', { issues: ['High error rate'] });
    expect(nameIn(chooseOnce(facts([ill, agentWith('b')])))).toBe('b');
    expect(nameIn(chooseOnce(facts([ill, agentWith('b')]), { avoid: new Set(['b']) }))).toBe('b');
    expect(chooseOnce(facts([ill]))).toMatchObject({
      why: 'only agent for work; unhealthy, but no healthy one is left',
    });
  });

  test('one that is busy or has not been heard of yet as any other', () => {
    expect(nameIn(chooseOnce(facts([agentWith('a', { state: 'busy' })])))).toBe('a');
    expect(nameIn(chooseOnce(facts([agentWith('a', { state: 'initializing' })])))).toBe('a');
  });

  test('the same agent for the same facts, in whatever order the registry gives them', () => {
    const drawn = { random: () => 0.4 };
    const names = [three, three.toReversed()].map((agents) => nameIn(chooseOnce(facts(agents, drawn))));
    expect(names[0]).toBe(names[1]);
  });
});

describe('contracts', () => {
  const old = agentWith('old', { version: '1.9.0' });
  const current = agentWith('current', { version: '2.0.1' });

  test('of a run that begins are the highest majors that are registered', () => {
    expect(contractsOf(['work', 'other', 'constructor'], [old, current])).toEqual({ work: 2 });
  });

  test('keep a run with the agents of the major it was begun with', () => {
    expect(nameIn(chooseOnce(facts([old, current], { contracts: { work: 1 } })))).toBe('old');
    expect(nameIn(chooseOnce(facts([old, current], { contracts: { work: 2 } })))).toBe('current');
  });

  test('that a run does not know allow any major', () => {
    const agents = [agentWith('a', { version: '7.0.0' })];
    expect(nameIn(chooseOnce(facts(agents, { contracts: { other: 1 } })))).toBe('a');
  });

  test('that nobody fulfils any more say what to deploy', () => {
    const gone = chooseOnce(facts([current], { contracts: { work: 1 } }));
    expect(gone).toMatchObject({ none: { code: 'contract_gone', class: 'non_recoverable' } });
    expect(gone).toMatchObject({
      none: { message: expect.stringMatching(/version 1\.x.*only 2\.x.*deploy an agent of version 1\.x/) },
    });
    expect(chooseOnce(facts([old, current], { contracts: { work: 1 } }), { agent: 'current' })).toMatchObject({
      none: { code: 'contract_gone' },
    });
  });
});

describe('when nobody can be sent work', () => {
  const until = NOW + 5_000;

  test('an open breaker holds it until it may close', () => {
    const given = facts([agentWith('a')], { breakers: new Map([['a', openUntil(until)]]) });
    expect(chooseOnce(given)).toEqual({ hold: 'breaker of "a" is open until 00:00:05 UTC', until });
  });

  test('an agent out of the pool holds it for half a minute, with the reason', () => {
    const inMaintenance = agentWith('a', { state: 'maintenance', reason: 'new disk' });
    const failed = agentWith('a', { state: 'failed', issues: ['no sign of life'] });
    const quarantined = agentWith('a', { state: 'quarantined' });
    const draining = agentWith('a', { state: 'draining', reason: 'new version' });
    const holds = [inMaintenance, failed, quarantined, draining].map((agent) => chooseOnce(facts([agent])));
    expect(holds).toEqual([
      { hold: 'agent "a" is in maintenance: new disk', until: NOW + 30_000 },
      { hold: 'agent "a" has failed: no sign of life', until: NOW + 30_000 },
      { hold: 'agent "a" is quarantined', until: NOW + 30_000 },
      { hold: 'agent "a" is draining and takes no more: new version', until: NOW + 30_000 },
    ]);
  });

  test('an outage of all names the reasons, the first that ends first', () => {
    const agents = ['a', 'b', 'c', 'd', 'e'].map((name) => agentWith(name, { state: name < 'd' ? 'ready' : 'failed' }));
    const breakers = new Map(['a', 'b', 'c'].map((name, i) => [name, openUntil(NOW + 9_000 - i * 1_000)]));
    expect(chooseOnce(facts(agents, { breakers }))).toEqual({
      hold:
        'breaker of "c" is open until 00:00:07 UTC; breaker of "b" is open until 00:00:08 UTC; ' +
        'breaker of "a" is open until 00:00:09 UTC; and 2 more',
      until: NOW + 7_000,
    });
  });

  test('a healthy agent takes it past the open breaker of another', () => {
    const breakers = new Map([['a', openUntil(until)]]);
    const choice = chooseOnce(facts([agentWith('a'), agentWith('b')], { breakers }));
    expect(choice).toMatchObject({ why: 'only one of 2 for work that can be sent work' });
    expect(nameIn(choice)).toBe('b');
  });
});

describe('the probe of a half-open breaker', () => {
  const breakers = halfOpen('a');
  const held = (mine: boolean) => ({ breakers, probes: new Map([['a', mine]]) });
  const chooser = (...[agents, overrides]: Parameters<typeof facts>) => {
    const selector = createSelector(facts(agents, overrides));
    return (request = {}) => selector.choose({ type: 'work', round: 0, ...request }, NO_TASKS);
  };

  test('is asked for once in a turn, even though others are healthy', () => {
    const choose = chooser(three, { breakers });
    expect(choose()).toEqual({ ask: 'probe', agent: 'a' });
    expect(nameIn(choose())).toMatch(/^[bc]$/);
    expect(nameIn(choose())).toMatch(/^[bc]$/);
  });

  test('goes to one task of the turn, once this run holds it', () => {
    const choose = chooser(three, held(true));
    expect(choose()).toEqual({ agent: three[0], why: 'probe: its breaker was open until 23:59:59 UTC', probe: true });
    expect(nameIn(choose())).toMatch(/^[bc]$/);
  });

  test('that another run has keeps the agent closed to this one until the lease ends', () => {
    const lease = new Map([['a', openUntil(NOW - 1_000, { holder: 'other', until: NOW + 9_000 })]]);
    const one = three.slice(0, 1);
    const waiting = { hold: 'breaker of "a" is being probed', until: NOW + 9_000 };
    expect(chooseOnce(facts(one, { breakers: lease }))).toEqual(waiting);
    expect(chooseOnce(facts(one, { breakers: lease, probes: new Map([['a', false]]) }))).toEqual(waiting);
    expect(nameIn(chooseOnce(facts(three, { breakers: lease })))).toMatch(/^[bc]$/);
  });

  test('under a long lease is looked at again after half a minute: it may have ended long before', () => {
    const lease = new Map([['a', openUntil(NOW - 1_000, { holder: 'other', until: NOW + 900_000 })]]);
    expect(chooseOnce(facts(three.slice(0, 1), { breakers: lease }))).toMatchObject({ until: NOW + 30_000 });
  });

  test('that was lost to somebody just now is looked at again soon', () => {
    expect(chooseOnce(facts(three.slice(0, 1), held(false)))).toMatchObject({ until: NOW + 5_000 });
  });

  test('is asked for anew when the lease of another has run out', () => {
    const lapsed = new Map([['a', openUntil(NOW - 9_000, { holder: 'other', until: NOW })]]);
    expect(chooseOnce(facts(three, { breakers: lapsed }))).toEqual({ ask: 'probe', agent: 'a' });
  });

  test('holds the other tasks of the turn when there is no other agent', () => {
    const choose = chooser(three.slice(0, 1), held(true));
    expect(choose()).toMatchObject({ probe: true });
    expect(choose()).toEqual({ hold: 'breaker of "a" is being probed', until: NOW + 5_000 });
  });

  test('is not forced on a task that avoids or excludes the agent, or prefers another', () => {
    for (const request of [{ avoid: new Set(['a']) }, { exclude: new Set(['a']) }, { prefer: 'b' }, { agent: 'b' }]) {
      expect(nameIn(chooser(three, { breakers })(request))).toMatch(/^[bc]$/);
    }
  });

  test('is asked for by a task that avoids the agent when no other is left, but never by one that excludes it', () => {
    const agents = [agentWith('a'), agentWith('b', { state: 'failed' })];
    const choose = chooser(agents, { breakers });
    expect(choose({ exclude: new Set(['a']) })).toEqual({ hold: 'agent "b" has failed', until: NOW + 30_000 });
    expect(choose({ avoid: new Set(['a']) })).toEqual({ ask: 'probe', agent: 'a' });
  });

  test('is asked for by the task that prefers the agent or names it', () => {
    expect(chooser(three, { breakers })({ prefer: 'a' })).toEqual({ ask: 'probe', agent: 'a' });
    expect(chooser(three, { breakers })({ agent: 'a' })).toEqual({ ask: 'probe', agent: 'a' });
  });

  test('is neither asked for nor given away by merely looking', () => {
    const choose = chooser(three, { breakers });
    expect(nameIn(choose({ looking: true }))).toMatch(/^[bc]$/);
    expect(choose()).toEqual({ ask: 'probe', agent: 'a' });
  });

  test('is not for an agent that is out of the pool', () => {
    const agents = [agentWith('a', { state: 'maintenance' }), agentWith('b')];
    expect(nameIn(chooser(agents, held(true))())).toBe('b');
  });
});
