package io.twintrack.sata.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * How one test in the guest ended.
 *
 * @param failure its stack trace, or {@code null}.
 * @param skipped why, or {@code null}.
 */
record GuestTest(String type, String name, double seconds, String failure, String skipped) {

    /** What JUnit's XML files in a folder say. */
    static List<GuestTest> read(final Path folder) throws IOException {
        final List<GuestTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.filter(path -> path.toString().endsWith(".xml")).sorted().toList()) {
                final NodeList cases = parse(file).getElementsByTagName("testcase");
                for (int i = 0; i < cases.getLength(); i++) {
                    tests.add(of((Element) cases.item(i)));
                }
            }
        }
        return tests;
    }

    private static Element parse(final Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile())
                .getDocumentElement();
        } catch (final ParserConfigurationException | SAXException e) {
            throw new IOException(file + " is not whole", e);
        }
    }

    private static GuestTest of(final Element test) {
        final String type = test.getAttribute("classname");
        final String failure = text(test, "failure");
        return new GuestTest(type.substring(type.lastIndexOf('.') + 1), test.getAttribute("name"),
            Double.parseDouble(test.getAttribute("time")),
            failure == null ? text(test, "error") : failure, text(test, "skipped"));
    }

    private static String text(final Element test, final String name) {
        final NodeList found = test.getElementsByTagName(name);
        return found.getLength() == 0 ? null : found.item(0).getTextContent();
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** A test that ends here as it ended in the guest. */
    DynamicTest asTest() {
        return DynamicTest.dynamicTest(type + '.' + name + String.format(" (%.1f s)", seconds), () -> {
            if (failure != null) {
                throw new AssertionError("in the guest: " + failure);
            }
            Assumptions.assumeTrue(skipped == null, skipped);
        });
    }
}
