import { Json } from '../../contracts/json.ts';
import type { ToolCall } from '../../runtime/model.ts';

/** A tool call with its arguments as a model wrote them: text that should be JSON, and is not always. */
export function toolCall(id: string, name: string, text: string): ToolCall {
  try {
    // No arguments at all are often written as no text at all.
    return { id, name, input: text.trim() === '' ? {} : Json.parse(JSON.parse(text)) };
  } catch {
    return { id, name, input: null, invalid: text.slice(0, 8_000) };
  }
}
