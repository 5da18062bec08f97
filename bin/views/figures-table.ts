import type { Figures } from '../cloud/read-figures.ts';
import { paint, seconds, table } from './text.ts';

/** The dashboard's main figures for a terminal. */
export function figuresTable(figures: Figures): string {
  const runs = Object.entries(figures.runs).filter(([, count]) => count > 0);
  const facts = [
    ['runs', runs.map(([status, count]) => `${count} ${status}`).join(', ') || 'none'],
    ['tasks completed', String(figures.tasks_completed)],
    ['tasks failed', `${figures.tasks_failed} (${figures.failed_attempts} failed attempts)`],
    ['response time p95', seconds(figures.p95_ms)],
    [
      'queue depth',
      Object.entries(figures.queues)
        .map(([name, depth]) => `${name} ${depth}`)
        .join(', '),
    ],
    ['parked messages', String(figures.parked)],
  ];
  const agents = figures.agents.map((agent) => [
    agent.agent,
    String(agent.tasks_completed),
    String(agent.failed_attempts),
    `${(agent.error_rate * 100).toFixed(1)}%`,
    seconds(agent.p95_ms),
    String(agent.queue_depth),
  ]);
  const head = ['agent', 'tasks completed', 'failed attempts', 'error rate', 'p95', 'queue depth'];
  const lines = facts.map(([name = '', value = '']) => `${paint.dim(name.padEnd(18))} ${value}`);
  return `${lines.join('\n')}\n\n${table(head, agents)}`;
}
