package org.lanyard.config;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import org.lanyard.frame.Mac;
import org.lanyard.fuzz.Check;
import org.lanyard.tapio.Endpoint;

/** A text is a quantity, which written is read as the same, or it is refused with a sentence. */
public final class QuantitiesFuzz {
    private QuantitiesFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Duration duration = read(text, Quantities::duration);
        if (duration != null) {
            Check.that(!duration.isNegative(), "a duration below nothing");
            if (duration.toSeconds() < 1_000_000_000) {
                String written = Quantities.formatNanos(duration.toNanos());
                Check.same(duration, Quantities.duration(written), written);
            }
        }
        Long size = read(text, Quantities::bytes);
        if (size != null) {
            Check.that(size >= 0, "a size below nothing");
            Check.same(size, Quantities.bytes(Quantities.formatBytes(size)), text);
        }
        Long rate = read(text, Quantities::bitRate);
        if (rate != null) {
            Check.that(rate > 0, "a rate of nothing");
            Check.same(rate, Quantities.bitRate(Quantities.formatBitRate(rate)), text);
        }
        Double share = read(text, Quantities::share);
        if (share != null) {
            Check.that(share >= 0 && share <= 1, "a share of " + share);
            Check.same(share, Quantities.share(Quantities.formatShare(share)), text);
        }
        PortKind.Address address = read(text, Quantities::address);
        if (address != null) {
            Check.same(address, Quantities.address(
                            address.ip().getHostAddress() + "/" + address.prefixLength()), text);
        }
        InetAddress ipv4 = read(text, Quantities::ipv4);
        Check.that(ipv4 == null || ipv4.getAddress().length == 4, "an address of another kind");
        Long mac = read(text, Mac::parse);
        if (mac != null) {
            Check.same(mac, Mac.parse(Mac.format(mac)), text);
        }
        read(text, ConfigParser::checkEndpoint);
        read(text, ConfigParser::checkPeer);
        read(text, ConfigParser::checkName);
        read(text, Quantities::absolutePath);
        read(text, t -> Endpoint.parse(t, java.nio.file.Path.of("/run")));
    }

    private static <T> T read(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            Check.that(e.getMessage() != null && !e.getMessage().isBlank(), "refused without a word");
            return null;
        }
    }
}
