declare const yields: unique symbol;

/** A JSONata expression that yields a `T`. In a definition it is written `{% source %}`; inside another, its source. */
export class Expr<out T> {
  declare readonly [yields]: T;
  readonly source: string;

  /** @throws Error when there is nothing to evaluate */
  constructor(source: string) {
    if (source.trim() === '') throw new Error('an expression is empty; write what it should yield');
    this.source = source.trim();
  }

  toJSON(): string {
    return `{% ${this.source} %}`;
  }

  toString(): string {
    return this.source;
  }
}

/**
 * An expression in words of JSONata, without the `{% %}`. Its type is the author's promise: the compiler can't read it.
 * Others go in as they are: `` jsonata<number>(`$sum(${result('parts')}.amount)`) ``.
 */
export function jsonata<T>(source: string): Expr<T> {
  return new Expr<T>(source);
}

/** The expression's value, or `instead` where it yields nothing (a field left out, a task that failed and may). */
export function orElse<T, const D extends string | number | boolean | null>(
  expression: Expr<T>,
  instead: D,
): Expr<Exclude<T, undefined> | D> {
  return new Expr(`(${expression.source}) ?? ${JSON.stringify(instead)}`);
}

/** Fields that may be read of a `T`; of lists and plain values there are none. */
export type Fields<T> =
  NonNullable<T> extends readonly unknown[]
    ? never
    : NonNullable<T> extends object
      ? Extract<keyof NonNullable<T>, string>
      : never;

/** What a field of a `T` holds; nothing where the `T` itself may be missing. */
export type Field<T, K> =
  | (K extends keyof NonNullable<T> ? NonNullable<T>[K] : never)
  | ([Extract<T, null | undefined>] extends [never] ? never : undefined);

/** A path into a `T`: `read()` is all of it, `read('a', 'b')` its field `a`, and of that `b`. */
export interface Read<T> {
  (): Expr<T>;
  <A extends Fields<T> & string>(a: A): Expr<Field<T, A>>;
  <A extends Fields<T> & string, B extends Fields<Field<T, A>> & string>(a: A, b: B): Expr<Field<Field<T, A>, B>>;
  <
    A extends Fields<T> & string,
    B extends Fields<Field<T, A>> & string,
    C extends Fields<Field<Field<T, A>, B>> & string,
  >(
    a: A,
    b: B,
    c: C,
  ): Expr<Field<Field<Field<T, A>, B>, C>>;
}

/** Paths from a variable of JSONata. */
export function pathsFrom(variable: string): (...fields: string[]) => Expr<never> {
  return (...fields) => new Expr([variable, ...fields.map(quoted)].join('.'));
}

/** A name that JSONata would not read as one, such as "load-parquet", stands in quotes. */
function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name) ? name : JSON.stringify(name);
}

const RESERVED = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);
