/*
 * Stands in for @smithy/core/event-streams in bundles where nothing streams events: 15 KB that every client of the SDK
 * brings along, for operations that only some of them have. CommonJS, so that who imports other names of it can be built
 * first and found then.
 */
exports.EventStreamSerde = class {
  constructor() {
    throw new Error('event streams are not in this bundle: lib/bundling/build.ts found nobody who uses them');
  }
};
exports.eventStreamSerdeProvider = () => {};
