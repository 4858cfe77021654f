package io.twintrack.node.config;

/**
 * One thing that is wrong in a configuration.
 *
 * @param line  in the file, from 1.
 * @param key   the path of the key, such as {@code hbas[0].peers[1].mtu}.
 * @param value as it stands in the file, or {@code null} where there is none.
 * @param text  what is wrong with it and what is allowed.
 */
public record Problem(int line, String key, String value, String text) {

    /** One line: {@code line 12: hbas[0].ring.depth = "12000": must be a whole number from 8 to 4096}. */
    @Override
    public String toString() {
        return "line " + line + ": " + key + (value == null ? "" : " = \"" + value + '"') + ": " + text;
    }
}
