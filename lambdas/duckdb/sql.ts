/** An SQL identifier, quoted. The only way a name from outside reaches a statement. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** An SQL string literal; for places that take no bound value, such as file names in COPY. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A reference to `schema.table` or `table`, each part quoted. */
export function qualified(name: string): string {
  return name.split('.').map(identifier).join('.');
}

/** `"a", "b", "c"` */
export function columnList(columns: readonly string[]): string {
  return columns.map(identifier).join(', ');
}
