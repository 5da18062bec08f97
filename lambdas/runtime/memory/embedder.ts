/** Turns texts into vectors, so that what means the same lies close. */
export interface Embedder {
  /** Which model: vectors of different models are never compared. */
  readonly model: string;
  /** One vector for each text, in their order. @throws SystemError when the service does not answer */
  embed(texts: readonly string[]): Promise<Array<ArrayLike<number>>>;
}
