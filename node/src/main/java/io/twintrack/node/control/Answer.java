package io.twintrack.node.control;

/**
 * The answer to a request.
 *
 * @param status of HTTP.
 * @param body   written as JSON.
 */
record Answer(int status, Object body) {
    private static final int DONE = 200;
    private static final int MADE = 201;

    static Answer done(final Object body) {
        return new Answer(DONE, body);
    }

    static Answer made(final Object body) {
        return new Answer(MADE, body);
    }

    static Answer of(final Refusal refusal) {
        return new Answer(refusal.status(), refusal.body());
    }

    /** What a command did, in one sentence. */
    record Done(String done) {
    }
}
