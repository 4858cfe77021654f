package io.twintrack.engine.resync;
public final class Pacing {
    public static final Pacing UNLIMITED = new Pacing();
}
