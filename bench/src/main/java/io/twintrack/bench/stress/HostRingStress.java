package io.twintrack.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.twintrack.engine.Status;
import io.twintrack.engine.host.HostClient;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/** What {@code HostClient} and {@code HostRing} promise to threads on either side of the ring. */
public class HostRingStress {
    private static final long FRESH = 0x4652_4553_4821_2121L;
    private static final long LATER = 0x4C41_5445_5221_2121L;
    private static final int SECTOR = 512;
    private static final int ABSENT = 0;
    private static final int RIGHT = 1;
    private static final int WRONG = 2;

    /** A request and the sleep of the HBA: wake-ups, and whether it sleeps. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the HBA saw the request and stays awake")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the HBA sleeps, and the client wakes it")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "both saw each other: a wake-up too many")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "a lost wake-up: the HBA sleeps on a request")
    @Outcome(expect = FORBIDDEN, desc = "more than one wake-up")
    @State
    public static class SleepAndOneClient {
        private final HostRig rig = HostRig.take();

        @Actor
        public void client() {
            rig.one.flush(0, 1);
        }

        @Actor
        public void hba(final II_Result r) {
            r.r2 = rig.ring.maySleep() ? 1 : 0;
        }

        @Arbiter
        public void end(final II_Result r) {
            r.r1 = rig.wakeUps.get();
            rig.giveBack();
        }
    }

    /** Two clients' requests and the sleep of the HBA: one of them wakes it, not both. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the HBA saw a request and stays awake")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the HBA sleeps, and one client wakes it")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "both saw each other: a wake-up too many")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "a lost wake-up: the HBA sleeps on two requests")
    @Outcome(expect = FORBIDDEN, desc = "both clients woke it")
    @State
    public static class SleepAndTwoClients {
        private final HostRig rig = HostRig.take();

        @Actor
        public void clientOne() {
            rig.one.flush(0, 1);
        }

        @Actor
        public void clientTwo() {
            rig.two.flush(0, 1);
        }

        @Actor
        public void hba(final II_Result r) {
            r.r2 = rig.ring.maySleep() ? 1 : 0;
        }

        @Arbiter
        public void end(final II_Result r) {
            r.r1 = rig.wakeUps.get();
            rig.giveBack();
        }
    }

    /** What was written into a slot before filing is seen by the HBA, and so is the request itself. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not filed yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the request, and the slot as the client filled it")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "the request with another offset, another slot or stale bytes")
    @State
    public static class FiledWrite {
        private final HostRig rig = HostRig.take();
        private final long slot = rig.one.slotAddress(1);

        public FiledWrite() {
            UnsafeApi.putLong(slot, 0);
        }

        @Actor
        public void client() {
            UnsafeApi.putLong(slot, FRESH);
            rig.one.write(0, 1, SECTOR, 3 * SECTOR, false, 1);
        }

        @Actor
        public void hba(final I_Result r) {
            rig.ring.doWork(0);
            final HeldVolume volume = rig.volume;
            final boolean right = volume.taken == 1 && volume.addresses[0] == slot
                && volume.offsets[0] == 3 * SECTOR && volume.values[0] == FRESH;
            r.r1 = volume.taken == 0 ? ABSENT : right ? RIGHT : WRONG;
        }

        @Arbiter
        public void end() {
            rig.giveBack();
        }
    }

    /** What the HBA put into a slot before answering is seen by the client that polls the answer, once. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not answered yet; answered later")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the answer, and the slot as the HBA filled it")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "an answer of another request, or stale bytes")
    @Outcome(expect = FORBIDDEN, desc = "not exactly one answer")
    @State
    public static class AnsweredRead {
        private final HostRig rig = HostRig.take();
        private final long slot = rig.one.slotAddress(0);
        private int answers;
        private int seen = ABSENT;

        public AnsweredRead() {
            UnsafeApi.putLong(slot, 0);
            rig.one.read(0, 0, SECTOR, 0, 7);
            rig.takeUpAll();
        }

        @Actor
        public void hba() {
            UnsafeApi.putLong(slot, FRESH);
            rig.volume.completeAll(Status.OK);
        }

        @Actor
        public void client(final II_Result r) {
            rig.one.poll(this::onCompletion);
            r.r1 = seen;
        }

        @Arbiter
        public void end(final II_Result r) {
            rig.one.poll(this::onCompletion);
            r.r2 = answers;
            rig.giveBack();
        }

        private void onCompletion(final long correlationId, final int slotNumber, final Status status) {
            answers++;
            final boolean right = correlationId == 7 && slotNumber == 0 && status == Status.OK
                && UnsafeApi.getLong(slot) == FRESH;
            seen = right ? RIGHT : WRONG;
        }
    }

    /** From filing to answer a slot is the HBA's: nothing that the client does after the answer reaches back. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not answered yet, the HBA read what was filed")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "answered and filled anew, the HBA read what was filed")
    @Outcome(id = "., 2", expect = FORBIDDEN, desc = "the HBA read what the client wrote after the answer")
    @State
    public static class SlotUsedAgain {
        private final HostRig rig = HostRig.take();
        private final long slot = rig.one.slotAddress(0);

        public SlotUsedAgain() {
            UnsafeApi.putLong(slot, FRESH);
            rig.one.write(0, 0, SECTOR, 0, false, 1);
            rig.takeUpAll();
        }

        @Actor
        public void hba(final II_Result r) {
            r.r2 = UnsafeApi.getLong(slot) == FRESH ? RIGHT : WRONG;
            rig.volume.completeAll(Status.OK);
        }

        @Actor
        public void client(final II_Result r) {
            r.r1 = rig.one.poll((correlationId, slotNumber, status) -> UnsafeApi.putLong(slot, LATER));
        }

        @Arbiter
        public void end() {
            rig.giveBack();
        }
    }

    /** Two clients file two requests each while the HBA takes up: each arrives once, in its client's order. */
    @JCStressTest
    @Outcome(id = "[0-4], 4, 1", expect = ACCEPTABLE, desc = "all arrived, each client's in order; r1: at once")
    @Outcome(expect = FORBIDDEN, desc = "a request was lost, repeated, mixed up or overtaken")
    @State
    public static class TwoClientsFile {
        private final HostRig rig = HostRig.take();

        @Actor
        public void clientOne() {
            fileTwo(rig.one, 1);
        }

        @Actor
        public void clientTwo() {
            fileTwo(rig.two, 3);
        }

        @Actor
        public void hba(final III_Result r) {
            rig.ring.doWork(0);
            r.r1 = rig.volume.taken;
        }

        @Arbiter
        public void end(final III_Result r) {
            rig.takeUpAll();
            r.r2 = rig.volume.taken;
            r.r3 = isInOrder(rig.one, 1) && isInOrder(rig.two, 3) ? 1 : 0;
            rig.giveBack();
        }

        /** Each slot's first bytes name the offset that it is filed with. */
        private static void fileTwo(final HostClient client, final long first) {
            for (int slot = 0; slot < 2; slot++) {
                UnsafeApi.putLong(client.slotAddress(slot), first + slot);
                client.write(0, slot, SECTOR, (first + slot) * SECTOR, false, first + slot);
            }
        }

        private boolean isInOrder(final HostClient client, final long first) {
            long expected = first;
            for (int i = 0; i < rig.volume.taken; i++) {
                final int slot = (int) (expected - first);
                if (rig.volume.values[i] == expected && rig.volume.offsets[i] == expected * SECTOR
                    && slot < 2 && rig.volume.addresses[i] == client.slotAddress(slot)) {
                    expected++;
                }
            }
            return expected == first + 2;
        }
    }
}
