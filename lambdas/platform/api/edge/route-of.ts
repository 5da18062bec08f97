import { OPERATIONS, type Operation, ROUTES } from '../../../contracts/api/routes.ts';
import { ApiError, notFound } from '../api-error.ts';

interface Pattern {
  readonly operation: Operation;
  readonly method: string;
  readonly parts: readonly string[];
}

const PATTERNS: readonly Pattern[] = OPERATIONS.map((operation) => {
  const { method, path } = ROUTES[operation];
  return { operation, method, parts: path.split('/') };
});

export interface Match {
  readonly operation: Operation;
  /** As they stand in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Which operation is meant; fixed words count before names in braces. @throws ApiError 404, or 405 with what there is */
export function routeOf(method: string, path: string): Match {
  const parts = path.split('/').map(decodedPart);
  const fitting = PATTERNS.filter((pattern) => fits(pattern.parts, parts));
  if (fitting.length === 0) throw notFound(`operation at this path`);
  const found = fitting.filter((pattern) => pattern.method === method).sort(mostFixed)[0];
  if (!found) {
    const allow = [...new Set(fitting.map((pattern) => pattern.method))].join(', ');
    throw new ApiError('method_not_allowed', `this path knows ${allow}`, { headers: { allow } });
  }
  return { operation: found.operation, params: paramsOf(found.parts, parts) };
}

/** The methods of a path, for who asks before calling. */
export function methodsOf(path: string): string[] {
  const parts = path.split('/').map(decodedPart);
  return [...new Set(PATTERNS.filter((pattern) => fits(pattern.parts, parts)).map(({ method }) => method))];
}

const isName = (part: string): boolean => part.startsWith('{');

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, at) => (isName(part) ? parts[at] !== '' : part === parts[at]))
  );
}

const names = ({ parts }: Pattern): number => parts.filter(isName).length;
const mostFixed = (one: Pattern, other: Pattern): number => names(one) - names(other);

function paramsOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pattern.flatMap((part, at) => (isName(part) ? [[part.slice(1, -1), parts[at] ?? ''] as const] : [])),
  );
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError('malformed_request', 'the path is not URL-encoded UTF-8');
  }
}
