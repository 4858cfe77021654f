package io.twintrack.node.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where something listens.
 *
 * @param host an IPv4 address, an IPv6 address without brackets, or a host name.
 * @param port 0 to 65535; 0 lets the system choose one.
 */
public record Endpoint(String host, int port) {

    /** @return the end point that {@code host:port} or {@code [v6]:port} names, or {@code null} when it names none. */
    public static Endpoint parse(final String text) {
        final int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return null;
        }
        final String host = unbracketed(text.substring(0, colon));
        final int port = port(text.substring(colon + 1));
        return host == null || port < 0 ? null : new Endpoint(host, port);
    }

    public InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    /** True for addresses that never leave this machine; false for names that do not resolve. */
    public boolean isLoopback() {
        try {
            return resolve().getAddress().isLoopbackAddress();
        } catch (final UnknownHostException e) {
            return false;
        }
    }

    /** As it stands in a URI: an IPv6 address in brackets. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }

    private static String unbracketed(final String host) {
        if (host.startsWith("[") && host.endsWith("]")) {
            final String inner = host.substring(1, host.length() - 1);
            return inner.matches("[0-9A-Fa-f:.]+(%\\w+)?") && inner.indexOf(':') >= 0 ? inner : null;
        }
        return host.matches("[A-Za-z0-9._-]+") ? host : null;
    }

    private static int port(final String digits) {
        final int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
        return port > 65535 ? -1 : port;
    }
}
