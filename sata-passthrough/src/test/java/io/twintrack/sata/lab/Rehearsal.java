package io.twintrack.sata.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * On the host: loads what the guest will need, so that its classes are archived when this ends. Arguments: the folder
 * for results, the jars of the module, test classes that can run here, and the guest's, which are only discovered.
 */
final class Rehearsal {
    private Rehearsal() {
    }

    public static void main(final String[] args) throws IOException {
        for (final String jar : args[1].split(java.io.File.pathSeparator)) {
            load(jar);
        }
        GuestRunner.launcher().discover(GuestRunner.request(Stream.of(args).skip(3).toList()));
        // By exit, because the archive is written then.
        System.exit(GuestRunner.run(Path.of(args[0]), List.of(args[2].split(","))));
    }

    private static void load(final String jar) throws IOException {
        try (JarFile file = new JarFile(jar)) {
            file.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class"))
                .filter(name -> !name.startsWith("META-INF")).map(name -> name.replace('/', '.'))
                .forEach(name -> load(name.substring(0, name.length() - ".class".length()), jar));
        }
    }

    private static void load(final String type, final String jar) {
        try {
            Class.forName(type, false, Rehearsal.class.getClassLoader());
        } catch (final ClassNotFoundException e) {
            throw new AssertionError(type + " of " + jar, e);
        }
    }
}
