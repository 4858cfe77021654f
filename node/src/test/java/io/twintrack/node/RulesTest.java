package io.twintrack.node;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.Rule;
import io.twintrack.node.control.NodeRule;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every refusal of the program names the rule that it keeps and a command that the command line really takes. */
class RulesTest {
    /** What stands for something that a person fills in, with an example. */
    private static final Map<String, String> EXAMPLES = new TreeMap<>(Map.of(
        "NAME", "vol0", "VOLUME", "vol0", "PEER", "host-b", "HBA", "hba0", "SIZE", "8 MiB", "FILE", "node.yaml",
        "PATH:OFFSET:LENGTH", "/dev/sdb:0:8MiB"));
    private static final List<Rule> RULES = rules();
    private static final CommandLine PROGRAM = Twintrack.commandLine(new Twintrack());
    private static final Pattern CAPITALS = Pattern.compile("[A-Z]{2,}(?::[A-Z]{2,})*");
    /** A command within a text, without the program's name before it. */
    private static final Pattern UNTYPED = Pattern.compile("\"[^\"]*(?<!twintrack )\\b(?:pair (?:status|sever|"
        + "reestablish|resize|verify|promote|demote|accept-disk|delete|establish)|volume (?:create|list|grow|shrink|delete))\\b");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    /** Whatever makes a refusal has to be made of one of them. */
    private static List<Rule> rules() {
        final JavaClasses all = new ClassFileImporter().importPackages("io.twintrack.engine", "io.twintrack.node");
        final List<Rule> rules = new ArrayList<>();
        for (final JavaClass type : all) {
            if (type.isAssignableTo(Rule.class) && !type.isInterface()) {
                assertTrue(type.isEnum(), () -> type.getName() + " is a rule that nobody can list");
                rules.addAll(List.of((Rule[]) type.reflect().getEnumConstants()));
            }
        }
        return rules;
    }

    @TestFactory
    Stream<DynamicTest> everyRuleNamesACommandThatTheCommandLineTakes() {
        return RULES.stream().map(rule -> DynamicTest.dynamicTest(rule.getClass().getSimpleName() + '.' + rule, () -> {
            assertFalse(rule.rule().isBlank(), "it has no sentence");
            assertNotNull(rule.when(), "it says neither when nor now");
            assertTrue(rule.allowed().startsWith("twintrack "), rule.allowed());
            for (final String command : choices(rule.allowed())) {
                parse(command);
            }
        }));
    }

    @Test
    void allOfThemAreFound() {
        assertTrue(RULES.stream().anyMatch(PairRule.DIVERGED::equals));
        assertTrue(RULES.stream().anyMatch(NodeRule.HTTP::equals));
    }

    /** The test would take anything if the parser did. */
    @Test
    void aCommandThatDoesNotExistIsNoticed() {
        assertThrows(CommandLine.ParameterException.class, () -> parse("twintrack pair detach NAME"));
        assertThrows(CommandLine.ParameterException.class, () -> parse("twintrack pair sever"));
        assertThrows(CommandLine.ParameterException.class, () -> parse("twintrack pair reestablish NAME --keep both"));
        assertThrows(AssertionError.class, () -> parse("twintrack pair sever OTHER"));
        assertThrows(AssertionError.class, () -> parse("twintrack pair"));
    }

    @Test
    void whatIsKnownStandsInTheCommandAsItIsTyped() {
        assertEquals("twintrack volume grow vol1 \"8 MiB\"",
            PairRule.RESIZE_ROOM.refuses("it is full", "VOLUME", "vol1", "SIZE", "8 MiB").allowed());
        assertEquals("twintrack pair resize SIZE SIZE",
            PairRule.RESIZE_CHANGES.refuses("a pair named as a place for a value is", "NAME", "SIZE").allowed());
    }

    /** As docs/CONTROL.md has it: whoever reads of a command can type it. */
    @Test
    void everyTextNamesCommandsAsTheyAreTyped() throws IOException {
        final List<String> found = new ArrayList<>();
        for (final String module : List.of("engine", "node")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (final Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    Files.readAllLines(file).stream().filter(line -> UNTYPED.matcher(line).find())
                        .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
                }
            }
        }
        assertEquals(List.of(), found);
        assertTrue(UNTYPED.matcher("\"on the primary: pair sever NAME\"").find());
        assertFalse(UNTYPED.matcher("\"on the primary: twintrack pair sever NAME\"").find());
    }

    /** {@code a|b}: each of them. */
    private static List<String> choices(final String command) {
        final Matcher choice = Pattern.compile("(\\S+)\\|(\\S+)").matcher(command);
        return !choice.find() ? List.of(command)
            : List.of(choice.replaceFirst("$1"), choice.replaceFirst("$2"));
    }

    private static void parse(final String command) {
        final List<String> words = new ArrayList<>();
        final Matcher word = WORD.matcher(command);
        while (word.find()) {
            final String text = word.group(1) == null ? word.group(2) : word.group(1);
            final boolean isPlace = CAPITALS.matcher(text).matches();
            assertTrue(!isPlace || EXAMPLES.containsKey(text), () -> "nobody knows what stands for " + text);
            words.add(isPlace ? EXAMPLES.get(text) : text);
        }
        assertEquals("twintrack", words.remove(0));
        ParseResult parsed = PROGRAM.parseArgs(words.toArray(String[]::new));
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        assertTrue(parsed.commandSpec().subcommands().isEmpty() || parsed.isVersionHelpRequested(),
            () -> command + " is no whole command");
    }
}
