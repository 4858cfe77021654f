package io.twintrack.node.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * One copy of the catalogue. Two documents of JSON, one after the other; the first, which is one line, vouches for
 * every byte of the second.
 *
 * <pre>
 *   {"catalogue":1,"length":N,"crc32c":"0123abcd"}
 *   {"node":"iqn...","sequence":S,"volumes":[...],"pairs":[...]}
 * </pre>
 */
final class CatalogueCopy {
    private static final int FORMAT = 1;
    private static final int LONGEST = 64 << 20;

    private record Head(int catalogue, int length, String crc32c) {
    }

    /** The second document. */
    record Content(String node, long sequence, List<VolumeEntry> volumes, List<PairEntry> pairs) {
        Tables tables() {
            return new Tables(volumes, pairs);
        }
    }

    private final Path file;
    private final FolderSteps steps;

    CatalogueCopy(final Path file, final FolderSteps steps) {
        this.file = file;
        this.steps = steps;
    }

    Path file() {
        return file;
    }

    /**
     * @return {@code null} when the file does not exist.
     * @throws DamagedException when it is not whole.
     */
    Content read() throws IOException, DamagedException {
        final byte[] bytes;
        try {
            if (Files.size(file) > LONGEST) {
                throw new DamagedException("it is longer than any catalogue");
            }
            bytes = Files.readAllBytes(file);
        } catch (final NoSuchFileException e) {
            return null;
        }
        return content(body(bytes));
    }

    /** Durable when it returns. A crash before leaves what was there, or all of this: its name is never on a part. */
    void write(final Content content) throws IOException {
        final byte[] body = (Json.pretty(content) + '\n').getBytes(StandardCharsets.UTF_8);
        final byte[] head =
            (Json.text(new Head(FORMAT, body.length, checksum(body))) + '\n').getBytes(StandardCharsets.UTF_8);
        final byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        final Path next = file.resolveSibling(file.getFileName() + ".new");
        steps.write(next, whole);
        steps.force(next);
        steps.rename(next, file);
        steps.forceNames(file.toAbsolutePath().getParent());
    }

    private static byte[] body(final byte[] bytes) throws DamagedException {
        int lineEnd = 0;
        while (lineEnd < bytes.length && bytes[lineEnd] != '\n') {
            lineEnd++;
        }
        final Head head = parse(Arrays.copyOf(bytes, lineEnd), Head.class);
        if (head.catalogue != FORMAT) {
            throw new DamagedException("its format is " + head.catalogue + ", this version reads " + FORMAT);
        }
        final byte[] body = Arrays.copyOfRange(bytes, Math.min(lineEnd + 1, bytes.length), bytes.length);
        if (body.length != head.length || !checksum(body).equals(head.crc32c)) {
            throw new DamagedException("its checksum does not match");
        }
        return body;
    }

    private static Content content(final byte[] body) throws DamagedException {
        final Content content = parse(body, Content.class);
        if (content.node == null || content.volumes == null || content.pairs == null) {
            throw new DamagedException("it lacks a part");
        }
        return content;
    }

    private static <T> T parse(final byte[] json, final Class<T> type) throws DamagedException {
        try {
            final JsonNode tree = Json.MAPPER.readTree(new String(json, StandardCharsets.UTF_8));
            if (tree == null || !tree.isObject()) {
                throw new DamagedException("it is no catalogue");
            }
            return Json.MAPPER.treeToValue(tree, type);
        } catch (final JsonProcessingException e) {
            throw new DamagedException("it does not parse: " + e.getOriginalMessage());
        }
    }

    private static String checksum(final byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
