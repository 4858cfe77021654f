package io.twintrack.engine.resync;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.VerifyStatus;
public final class Verify {
    public Verify(PairIo io, SlotPool slots, Pacing pacing) { }
    public int poll(long nowNs) { return 0; }
    public void begin(long nowNs) { }
    public void repairFrom(Role role, long nowNs) { }
    public void interrupt() { }
    public boolean isRunning() { return false; }
    public VerifyStatus status() { return null; }
}
