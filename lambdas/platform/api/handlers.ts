import type { Handlers } from './call.ts';
import { getAgentParameters, setAgentParameters } from './reads/agent-parameters.ts';
import { getAgent, getSystemStatus, listAgents, setAgentState } from './reads/agents.ts';
import { getAsyncApi, getHealth, getJwks, getOpenApi } from './reads/documents.ts';
import { getHold, setHold, setHoldOfAll } from './reads/holds.ts';
import { listDeadLetters, listMessages, listQueues, listWaits, searchMemory } from './reads/operations.ts';
import { eraseTenant, getTenant, listTenants, lookUpTenant, setTenant } from './reads/tenants.ts';
import { cancelWorkflow, pauseWorkflow, repairWorkflow, resumeWorkflow, signalWorkflow } from './runs/control.ts';
import { decide, listDecisions } from './runs/decisions.ts';
import { executeTask } from './runs/execute.ts';
import { getExecutedTask, getTask, listTasks } from './runs/tasks.ts';
import { diffWorkflows, forkWorkflow, listWorkflowEvents, replayWorkflow } from './runs/time-travel.ts';
import { getWorkflow, getWorkflowResult, listDefinitions, listWorkflows, startWorkflow } from './runs/workflows.ts';

/** What answers each operation. */
export const HANDLERS: Handlers = {
  executeTask,
  listDefinitions,
  startWorkflow,
  listWorkflows,
  getWorkflow,
  getWorkflowResult,
  listWorkflowEvents,
  cancelWorkflow,
  pauseWorkflow,
  resumeWorkflow,
  repairWorkflow,
  signalWorkflow,
  forkWorkflow,
  replayWorkflow,
  diffWorkflows,
  listTasks,
  getTask,
  getExecutedTask,
  listDecisions,
  decide,
  listAgents,
  getAgent,
  setAgentState,
  getAgentParameters,
  setAgentParameters,
  getHold,
  setHold,
  setHoldOfAll,
  listWaits,
  listQueues,
  listDeadLetters,
  getTenant,
  listTenants,
  lookUpTenant,
  setTenant,
  eraseTenant,
  listMessages,
  searchMemory,
  getSystemStatus,
  getHealth,
  getOpenApi,
  getAsyncApi,
  getJwks,
};
