import { ApiProblem, createClient } from '../../../../../client/client.ts';

export async function loadYesterday(url: string, token: () => Promise<string>): Promise<unknown> {
  const client = createClient({ url, token });
  const { body } = await client.startWorkflow({
    body: { workflow: 'etl.flight-mart', input: { day: '2026-01-31' } },
    headers: { 'x-request-id': 'flight-mart-2026-01-31' },
  });
  const params = { workflow_id: body.workflow_id };
  for (;;) {
    const { status, body: answer } = await client.getWorkflowResult({ params });
    if (status === 200) return answer.result;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

export async function summarize(url: string, token: string, text: string): Promise<unknown> {
  const client = createClient({ url, token });
  try {
    const { body } = await client.executeTask({
      body: { task_type: 'text.summarize', content: { text }, priority: 'high', timeout: 20 },
      headers: { 'x-agent-preference': 'summarizer' },
    });
    return body.data?.result ?? body.data?.links;
  } catch (error) {
    if (error instanceof ApiProblem) return error.problem.detail;
    throw error;
  }
}
