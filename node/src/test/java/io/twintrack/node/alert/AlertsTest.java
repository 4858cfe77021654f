package io.twintrack.node.alert;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.twintrack.engine.machine.Deadline;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.node.Json;
import io.twintrack.node.config.AlertConfig;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.HookConfig;
import io.twintrack.node.config.MailConfig;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(120)
class AlertsTest {
    private static final String IQN = "iqn.2026-11.io.twintrack:host-a";
    private static final long SECOND = 1_000_000_000;
    private static final long LONG = 20 * SECOND;

    @TempDir
    Path folder;

    @Test
    void aProgramGetsEachEventOnce() throws Exception {
        final Path told = folder.resolve("told");
        final HookConfig hook = hook("cat >> " + told, LONG);
        try (Alerts alerts = Alerts.start(IQN, new AlertConfig(hook, null, null), 1)) {
            alerts.onEvent(event(Kind.SEVERED, "no answer"));
            alerts.onEvent(event(Kind.SEVERED, "no answer"));
            alerts.onEvent(event(Kind.DISK_FAILED, "EIO"));
            alerts.onEvent(event(Kind.RE_ESTABLISHED, "it is back"));
            alerts.onEvent(event(Kind.SEVERED, "no answer"));
        }
        final List<String> lines = Files.readAllLines(told);
        assertEquals(List.of("severed", "disk-failed", "re-established", "severed"),
            lines.stream().map(line -> json(line).path("event").asText()).toList());
        final JsonNode first = json(lines.get(0));
        assertEquals(IQN, first.path("node").asText());
        assertEquals("vol0", first.path("pair").asText());
        assertEquals("no answer", first.path("what").asText());
        assertEquals("the redundancy", first.path("atRisk").asText());
        assertEquals("look at it", first.path("whatToDo").asText());
        final Duration age = Duration.between(
            Instant.parse(first.path("since").asText()), Instant.parse(first.path("time").asText()));
        assertEquals(3, age.toSeconds());
    }

    /** The next fence held, so the one that failed is over; its next failure is news. */
    @Test
    void aFenceThatFailedEndsWhenThisSideGoesOnAlone() {
        final Alerts alerts = Alerts.start(IQN, new AlertConfig(null, null, null), 1);
        alerts.onEvent(event(Kind.FENCE_FAILED, "no answer of the switch"));
        alerts.onEvent(event(Kind.SEVERED, "no answer"));
        alerts.onEvent(event(Kind.RE_ESTABLISHED, "it is back"));
        alerts.onEvent(event(Kind.FENCE_FAILED, "no answer of the switch"));
        alerts.onEvent(event(Kind.SEVERED, "no answer"));
        alerts.close();
        assertEquals(List.of("severed"), alerts.view().active().stream().map(Alert::event).toList());
        assertEquals(2, alerts.view().recent().stream().filter(one -> one.event().equals("fence-failed")).count());
    }

    @Test
    void aProgramThatHangsIsKilledWithItsChildrenAndOneThatFailsIsCounted() throws Exception {
        final Path pid = folder.resolve("pid");
        final HookConfig hanging = hook("sleep 1000 & echo $! > " + pid + "; wait", SECOND / 2);
        try (Alerts alerts = Alerts.start(IQN, new AlertConfig(hanging, null, null), 1)) {
            alerts.onEvent(event(Kind.SEVERED, "no answer"));
        }
        final long child = Long.parseLong(Files.readString(pid).strip());
        final CompletableFuture<ProcessHandle> end =
            ProcessHandle.of(child).map(ProcessHandle::onExit).orElse(CompletableFuture.completedFuture(null));
        end.get(10, TimeUnit.SECONDS);
        final Alerts alerts = Alerts.start(IQN, new AlertConfig(hook("exit 3", LONG), null, null), 1);
        alerts.onEvent(event(Kind.SEVERED, "no answer"));
        alerts.close();
        assertEquals(new AlertChannel.Counts("command", 0, 1, 0, 0), alerts.view().channels().get(0));
    }

    @Test
    void aWebhookIsTriedAgainUntilItTakesTheAlert() throws Exception {
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        final AtomicInteger asked = new AtomicInteger();
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/alerts", exchange -> {
            final String body = new String(exchange.getRequestBody().readAllBytes());
            final boolean taken = asked.incrementAndGet() > 2;
            exchange.sendResponseHeaders(taken ? 204 : 500, -1);
            exchange.close();
            if (taken) {
                told.add(exchange.getRequestMethod() + ' ' + body);
            }
        });
        server.start();
        final URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/alerts");
        final Alerts alerts = Alerts.start(IQN, new AlertConfig(null, address, null), 1);
        try {
            alerts.onEvent(event(Kind.DIVERGED, "both sides went on"));
            final String first = told.poll(20, TimeUnit.SECONDS);
            assertNotNull(first);
            assertTrue(first.startsWith("POST {"), first);
            assertEquals("diverged", json(first.substring(5)).path("event").asText());
        } finally {
            alerts.close();
            server.stop(0);
        }
        assertEquals(3, asked.get());
        assertTrue(told.isEmpty());
        assertEquals(new AlertChannel.Counts("webhook", 1, 0, 0, 0), alerts.view().channels().get(0));
    }

    @Test
    void mailSaysWhatToDo() throws Exception {
        final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        try {
            server.setUser("storage@example.org", "storage", "secret");
            final Path password = Files.writeString(folder.resolve("password"), "secret\n");
            final MailConfig mail = new MailConfig(new Endpoint("127.0.0.1", server.getSmtp().getPort()), false,
                "storage", password, "storage@example.org", List.of("one@example.org", "two@example.org"));
            try (Alerts alerts = Alerts.start(IQN, new AlertConfig(null, null, mail), 1)) {
                alerts.onEvent(event(Kind.FLUSH_FAILED, "the disk failed a flush"));
                assertTrue(server.waitForIncomingEmail(20_000, 1));
            }
            assertEquals(2, server.getReceivedMessages().length, "one for each recipient");
            final MimeMessage message = server.getReceivedMessages()[0];
            assertEquals("Twintrack: vol0 flush-failed", message.getSubject());
            final String text = message.getContent().toString();
            for (final String part : List.of("the disk failed a flush", "At risk:    the redundancy",
                "What to do: look at it", "Node:       " + IQN)) {
                assertTrue(text.contains(part), text);
            }
        } finally {
            server.stop();
        }
    }

    @Test
    void mailIsNotSentInClearWhenStartTlsIsAskedFor() throws Exception {
        final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        try {
            final MailConfig mail = new MailConfig(new Endpoint("127.0.0.1", server.getSmtp().getPort()), true, null,
                null, "a@example.org", List.of("b@example.org"));
            final Alerts alerts = Alerts.start(IQN, new AlertConfig(null, null, mail), 1);
            alerts.onEvent(event(Kind.SEVERED, "no answer"));
            alerts.close();
            assertEquals(new AlertChannel.Counts("smtp", 0, 1, 0, 0), alerts.view().channels().get(0));
            assertEquals(0, server.getReceivedMessages().length);
        } finally {
            server.stop();
        }
    }

    @Test
    void oneThatIsSlowHoldsUpNeitherTheHbaNorTheOthers() throws Exception {
        final CountDownLatch mayAnswer = new CountDownLatch(1);
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try {
                mayAnswer.await(30, TimeUnit.SECONDS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        final URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + '/');
        final Alerts alerts =
            Alerts.start(IQN, new AlertConfig(hook("exit", LONG), address, null), 1);
        try {
            // More than any queue holds, while the webhook does not answer: none of these calls may wait for it.
            for (int i = 0; i < 3_000; i++) {
                alerts.onEvent(event(Kind.VERIFY_DIFFERENCE, "range " + i));
            }
            final Deadline deadline = Deadline.in(20);
            while (alerts.view().channels().get(0).delivered() == 0) {
                assertTrue(!deadline.isOver(), "the program was not run");
                LockSupport.parkNanos(1_000_000);
            }
            final AlertChannel.Counts webhook = alerts.view().channels().get(1);
            assertEquals(0, webhook.delivered());
            assertTrue(webhook.dropped() + alerts.view().lost() > 0);
        } finally {
            mayAnswer.countDown();
            alerts.close();
            server.stop(0);
        }
    }

    @Test
    void tellsWhatLastsAndWhatWasTold() {
        final Alerts alerts = Alerts.start(IQN, AlertConfig.NONE, 1);
        for (int i = 0; i < 150; i++) {
            alerts.onEvent(event(Kind.VERIFY_DIFFERENCE, "range " + i));
        }
        alerts.onEvent(event(Kind.METADATA_FAILED, "EIO"));
        alerts.close();
        final Alerts.View view = alerts.view();
        assertEquals(List.of("verify-difference", "metadata-failed"),
            view.active().stream().map(Alert::event).toList());
        assertEquals(100, view.recent().size());
        assertEquals("metadata-failed", view.recent().get(99).event());
        assertTrue(Json.text(view).startsWith("{\"active\":[{\"event\":\"verify-difference\","), Json.text(view));
    }

    @Test
    void theFenceSaysWhetherItHeld() throws Exception {
        final Path asked = folder.resolve("asked");
        assertNull(fenced(hook("cat > " + asked, LONG)));
        assertEquals("{\"node\":\"" + IQN + "\",\"pair\":\"vol0\"}\n", Files.readString(asked));
        assertEquals(folder.resolve("hook") + " ended with exit code 1", fenced(hook("exit 1", LONG)));
        assertEquals(folder.resolve("hook") + " did not end within 300 ms and was killed",
            fenced(hook("sleep 1000", 300_000_000)));
        assertFalse(fenced(new HookConfig(List.of("/nowhere/fence"), LONG)).isEmpty());
    }

    /** @return why not, or {@code null} when it held. */
    private static String fenced(final HookConfig hook) throws Exception {
        final BlockingQueue<Runnable> hbaThread = new LinkedBlockingQueue<>();
        final CompletableFuture<String> answer = new CompletableFuture<>();
        final AtomicInteger refusals = new AtomicInteger(3);
        try (FenceHook fence = new FenceHook(IQN, hook,
            task -> refusals.getAndDecrement() <= 0 && hbaThread.add(task))) {
            fence.fence("vol0", (held, reason) -> answer.complete(held ? null : reason));
            hbaThread.take().run();
            assertTrue(answer.isDone(), "it answers on the HBA's thread");
            return answer.get();
        }
    }

    private HookConfig hook(final String script, final long timeoutNs) throws IOException {
        final Path program = Files.writeString(folder.resolve("hook"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new HookConfig(List.of(program.toString()), timeoutNs);
    }

    private static PairEvent event(final Kind kind, final String what) {
        return new PairEvent(kind, "vol0", System.nanoTime() - 3 * SECOND, what, "the redundancy", "look at it");
    }

    private static JsonNode json(final String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (final IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
