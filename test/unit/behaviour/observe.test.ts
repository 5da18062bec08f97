import { describe, expect, test } from '@jest/globals';
import { decodeBehaviour, encodeBehaviour } from '../../../lambdas/behaviour/codec.ts';
import { noteDeploy, observe, passTo } from '../../../lambdas/behaviour/observe.ts';
import { noBehaviour } from '../../../lambdas/behaviour/state.ts';
import type { Observation } from '../../../lambdas/contracts/behaviour.ts';
import { BehaviourAlert } from '../../../lambdas/contracts/behaviour.ts';
import { fourWeeks, live, MONDAY, message, ordinaryHour, several } from './stories.ts';

const NIGHT = 3;
const MORNING = 10;

describe('behaviour', () => {
  test('that is as ever is told to nobody', () => {
    const { behaviour, now, alerts } = fourWeeks();
    for (let hour = now; hour < now + 7 * 24; hour++) alerts.push(...live(behaviour, hour, ordinaryHour(hour)));
    expect(alerts).toEqual([]);
  });

  test('is not judged before there is a week of it', () => {
    const behaviour = noBehaviour('acme');
    const early = MONDAY + 6 * 24 + NIGHT;
    for (let hour = MONDAY; hour < early; hour++) observe(behaviour, ordinaryHour(hour));
    expect(live(behaviour, early, several(500, early))).toEqual([]);
  });

  test.each<[string, string, number, (hour: number) => Observation[]]>([
    ['far more messages', 'volume', MORNING, (hour) => several(120, hour)],
    ['messages in the night', 'hours', NIGHT, (hour) => several(6, hour)],
    [
      'messages to strangers',
      'peers',
      MORNING,
      (hour) => [...several(12, hour), ...['a', 'b', 'c', 'd'].flatMap((receiver) => several(3, hour, { receiver }))],
    ],
    ['messages of other types', 'mix', MORNING, (hour) => several(13, hour, { type: 'export' })],
    [
      'refusals',
      'failure',
      MORNING,
      (hour) => [...several(12, hour), ...several(20, hour, { action: 'consumed', outcome: 'refused' })],
    ],
    ['failures', 'failure', MORNING, (hour) => [...several(4, hour), ...several(20, hour, { outcome: 'failed' })]],
  ])('with %s is told with what was expected and what was seen', (_, feature, time, attack) => {
    const { behaviour, now } = fourWeeks();
    const hour = now + time;
    for (let before = now; before < hour; before++) live(behaviour, before, ordinaryHour(before));
    const [alert] = live(behaviour, hour, [...several(20, hour, { sender: 'other' }), ...attack(hour)]).filter(
      ({ subject }) => subject === 'clerk',
    );
    expect(BehaviourAlert.parse(alert)).toMatchObject({ tenant: 'acme', subject_kind: 'agent', subject: 'clerk' });
    const finding = alert?.findings.find((one) => one.feature === feature);
    expect(finding?.surprise).toBeGreaterThan(3);
    expect(finding?.why).toMatch(/\w+ \w+/);
  });

  test('in another order of the same messages is told', () => {
    const behaviour = noBehaviour('acme');
    const turn = (hour: number, order: readonly string[]): Observation[] =>
      Array.from({ length: 8 }, () => `c${Math.random()}`).flatMap((correlation_id) =>
        order.map((type) => message(hour, { type, correlation_id })),
      );
    const now = MONDAY + 28 * 24;
    for (let hour = MONDAY; hour < now; hour++) observe(behaviour, turn(hour, ['take', 'check', 'store']));
    const [alert] = live(behaviour, now, turn(now, ['store', 'check', 'take'])).filter(
      ({ subject }) => subject === 'clerk',
    );
    expect(alert?.findings[0]).toMatchObject({ feature: 'sequence', why: expect.stringContaining('another order') });
  });

  test('that grows a little every day is told, unless all grow', () => {
    const grown = (growth: (sender: string) => number) => {
      const behaviour = noBehaviour('acme');
      const alerts: BehaviourAlert[] = [];
      for (let hour = MONDAY; hour < MONDAY + 49 * 24; hour++) {
        const days = Math.max(0, (hour - MONDAY) / 24 - 28);
        const of = (sender: string): Observation[] => {
          const exact = 10 * growth(sender) ** days;
          const count = Math.floor(exact) + ((hour * 7919) % 1000 < 1000 * (exact % 1) ? 1 : 0);
          return several(count, hour, { sender });
        };
        alerts.push(...observe(behaviour, [...of('clerk'), ...of('other'), ...of('third')]));
      }
      return alerts;
    };
    const alone = grown((sender) => (sender === 'clerk' ? 1.06 : 1));
    expect(alone.some(({ subject, findings }) => subject === 'clerk' && findings[0]?.feature === 'drift')).toBe(true);
    expect(grown(() => 1.02)).toEqual([]);
  });

  test('of an outage that all suffer is nobody’s own', () => {
    const { behaviour, now } = fourWeeks();
    const hour = now + MORNING;
    for (let before = now; before < hour; before++) live(behaviour, before, ordinaryHour(before));
    const failing = (count: number, sender: string): Observation[] => [
      ...several(count / 2, hour, { sender, outcome: 'failed' }),
      ...several(count / 2, hour, { sender }),
    ];
    expect(live(behaviour, hour, [...failing(12, 'clerk'), ...failing(20, 'other')])).toEqual([]);
  });

  test('may change with a deploy', () => {
    const attack = (isDeployed: boolean) => {
      const { behaviour, now } = fourWeeks();
      const hour = now + MORNING;
      for (let before = now; before < hour; before++) live(behaviour, before, ordinaryHour(before));
      if (isDeployed) noteDeploy(behaviour, ['clerk'], hour * 3_600_000);
      return live(behaviour, hour, [
        ...several(13, hour, { type: 'summary' }),
        ...several(20, hour, { sender: 'other' }),
      ]);
    };
    expect(attack(false).some(({ subject }) => subject === 'clerk')).toBe(true);
    expect(attack(true)).toEqual([]);
  });

  test('of a flood is told before its hour is over', () => {
    const { behaviour, now } = fourWeeks();
    const hour = now + MORNING;
    for (let before = now; before < hour; before++) live(behaviour, before, ordinaryHour(before));
    expect(observe(behaviour, several(600, hour)).map(({ subject }) => subject)).toContain('clerk');
    expect(passTo(behaviour, hour + 1).filter(({ subject }) => subject === 'clerk')).toEqual([]);
  });

  test('that stays out of the ordinary becomes the new ordinary', () => {
    const { behaviour, now } = fourWeeks();
    let alerts = 0;
    for (let hour = now; hour < now + 28 * 24; hour++) {
      const more = ordinaryHour(hour).filter(({ sender }) => sender === 'clerk').length > 0 ? several(100, hour) : [];
      alerts = live(behaviour, hour, [...ordinaryHour(hour), ...more]).filter(
        ({ subject }) => subject === 'clerk',
      ).length;
    }
    expect(alerts).toBe(0);
    const rate = behaviour.subjects.get('agent#clerk')?.baseline.messages[10] ?? 0;
    expect(rate).toBeGreaterThan(500);
  });

  test('is learned from the messages alone: the same give the same', () => {
    const told = () => {
      const behaviour = noBehaviour('acme');
      for (let hour = MONDAY; hour < MONDAY + 10 * 24; hour++)
        observe(
          behaviour,
          ordinaryHour(hour).map((one, i) => ({ ...one, message_id: `m${i}`, correlation_id: `c${hour}/${i}` })),
        );
      return encodeBehaviour(behaviour);
    };
    expect(told()).toBe(told());
  });

  test('is stored and read back as it was', () => {
    const { behaviour, now } = fourWeeks();
    const again = decodeBehaviour(encodeBehaviour(behaviour), 'acme');
    const hour = now + NIGHT;
    expect(live(again, hour, several(6, hour)).map(({ alert_id }) => alert_id)).toEqual(
      live(behaviour, hour, several(6, hour)).map(({ alert_id }) => alert_id),
    );
    expect(() => decodeBehaviour(encodeBehaviour(behaviour), 'umbrella')).toThrow('no format');
    expect(() => decodeBehaviour('{"format":0}', 'acme')).toThrow('no format');
  });

  test('takes names from messages for what they are', () => {
    const behaviour = noBehaviour('acme');
    for (const name of ['__proto__', 'constructor', 'a>b', '$pairs']) {
      observe(behaviour, several(3, MONDAY, { sender: name, type: name, receiver: name }));
    }
    passTo(behaviour, MONDAY + 48);
    const again = decodeBehaviour(encodeBehaviour(behaviour), 'acme');
    expect([...again.subjects.keys()]).toEqual([...behaviour.subjects.keys()]);
    expect(again.subjects.get('agent#__proto__')?.baseline.outcomes.messages).toBeGreaterThan(0);
  });
});
