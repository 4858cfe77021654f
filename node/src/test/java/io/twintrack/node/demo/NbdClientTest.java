package io.twintrack.node.demo;

import io.twintrack.node.config.Endpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Against servers that misbehave; a server that behaves is in the tests of the whole program. */
@Timeout(120)
class NbdClientTest {
    private static final long SERVER_MAGIC = 0x4e42444d41474943L;
    private static final long OPTION_MAGIC = 0x49484156454f5054L;
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;

    /** What a server does with its one connection. */
    private interface Script {
        void run(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private ServerSocket server;
    private CompletableFuture<Void> serving;

    @AfterEach
    void endServer() throws IOException {
        server.close();
        serving.join();
    }

    @Test
    void refusesWhatIsNoNbdServer() throws IOException {
        assertFails("this is no NBD server", (in, out) -> out.writeBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
    }

    @Test
    void refusesAnOldServer() throws IOException {
        assertFails("the NBD server does not speak the fixed newstyle protocol", (in, out) -> {
            out.writeLong(SERVER_MAGIC);
            out.writeLong(OPTION_MAGIC);
            out.writeShort(0);
        });
    }

    @Test
    void saysWhyAnExportIsRefused() throws IOException {
        assertFails("the server refused the export \"vol0\": it is still being compared",
            (in, out) -> refuse(in, out, 0x80000002, "it is still being compared"));
        endServer();
        assertFails("the server refused the export \"vol0\": there is no such export",
            (in, out) -> refuse(in, out, 0x80000006, ""));
    }

    @Test
    void refusesAMalformedOptionReply() throws IOException {
        assertFails("the server sent a malformed reply to NBD_OPT_GO", (in, out) -> {
            greet(in, out);
            out.writeLong(OPTION_REPLY_MAGIC);
            out.writeInt(7);
            out.writeInt(1);
            out.writeInt(Integer.MAX_VALUE);
        });
    }

    @Test
    void noticesTheEndOfAHandshake() throws IOException {
        assertFails("the server closed the connection", (in, out) -> greet(in, out));
    }

    @Test
    void namesAFailedRequest() throws IOException {
        assertFails("the server answered the READ of 4096 bytes at 8192 with EIO (input/output error)",
            (in, out) -> {
                open(in, out);
                answerFirst(in, out, 0x67446698, 5, 0);
            });
    }

    @Test
    void refusesAMalformedReply() throws IOException {
        assertFails("the server sent a malformed reply", (in, out) -> {
            open(in, out);
            answerFirst(in, out, 0x12345678, 0, 0);
        });
        endServer();
        assertFails("the server sent a malformed reply", (in, out) -> {
            open(in, out);
            answerFirst(in, out, 0x67446698, 0, 77);
        });
    }

    private void assertFails(final String message, final Script script) throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        serving = CompletableFuture.runAsync(() -> serve(script));
        final Endpoint endpoint = new Endpoint("127.0.0.1", server.getLocalPort());
        final IOException e = assertThrows(IOException.class, () -> readOnce(endpoint));
        assertEquals(message, e.getMessage());
    }

    private static void readOnce(final Endpoint endpoint) throws IOException {
        try (NbdClient client = NbdClient.connect(endpoint, "vol0", 2, 4096)) {
            assertEquals(new NbdExport(1 << 20, 512), client.export());
            client.send(client.claim(), NbdRequest.Type.READ, 8192, 4096);
            client.drain();
        }
    }

    private void serve(final Script script) {
        try (Socket socket = server.accept()) {
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            script.run(new DataInputStream(socket.getInputStream()), out);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (final IOException e) {
            // The client may end the connection at any time.
        }
    }

    private static void greet(final DataInputStream in, final DataOutputStream out) throws IOException {
        out.writeLong(SERVER_MAGIC);
        out.writeLong(OPTION_MAGIC);
        out.writeShort(3);
        assertEquals(3, in.readInt());
        assertEquals(OPTION_MAGIC, in.readLong());
        assertEquals(7, in.readInt());
        in.skipNBytes(in.readInt());
    }

    private static void refuse(
        final DataInputStream in, final DataOutputStream out, final int type, final String text) throws IOException {
        greet(in, out);
        reply(out, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void open(final DataInputStream in, final DataOutputStream out) throws IOException {
        greet(in, out);
        reply(out, 3, new byte[] {0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 1});
        reply(out, 3, new byte[] {0, 3, 0, 0, 2, 0, 0, 0, 0x10, 0, 2, 0, 0, 0});
        reply(out, 1, new byte[0]);
    }

    private static void reply(final DataOutputStream out, final int type, final byte[] data) throws IOException {
        out.writeLong(OPTION_REPLY_MAGIC);
        out.writeInt(7);
        out.writeInt(type);
        out.writeInt(data.length);
        out.write(data);
    }

    private static void answerFirst(
        final DataInputStream in, final DataOutputStream out, final int magic, final int error, final long cookie)
        throws IOException {
        in.skipNBytes(28);
        out.writeInt(magic);
        out.writeInt(error);
        out.writeLong(cookie);
    }
}
