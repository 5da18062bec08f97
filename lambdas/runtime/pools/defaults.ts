/** The seed documents' pools. */
export const POOLS = {
  /** Calls of one model (Ollama's pool). */
  model: { places: 10, acquireMs: 30_000 },
  /** Clients, and what each of them may open. */
  http: { clients: 5, timeoutMs: 30_000, connections: 10, keptAlive: 5, acquireMs: 30_000 },
  database: { places: 10, acquireMs: 30_000 },
} as const;
