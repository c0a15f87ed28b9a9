package org.lanyard.config;

import java.math.BigDecimal;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quantities as people write and read them. What reads one throws IllegalArgumentException with a
 * sentence.
 */
public final class Quantities {
    static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s|m|h)");
    static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    static final Pattern RATE = Pattern.compile("(\\d{1,6})(bit|kbit|Mbit|Gbit)");
    static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final Pattern NUMERIC_ADDRESS = Pattern.compile("[0-9a-fA-F.:]+");

    private Quantities() {}

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no duration such as \"300s\", \"5m\" or \"1h\"");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> Duration.ofNanos(1_000 * amount);
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size such as \"512KiB\", \"4MiB\" or \"1GiB\"");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "B" -> amount;
            case "KiB" -> amount << 10;
            case "MiB" -> amount << 20;
            default -> amount << 30;
        };
    }

    /** Bits per second, in decimal units as all rates of links are. */
    static long bitRate(String text) {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no rate such as \"512kbit\", \"10Mbit\" or \"1Gbit\"");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "bit" -> amount;
            case "kbit" -> amount * 1_000;
            case "Mbit" -> amount * 1_000_000;
            default -> amount * 1_000_000_000;
        };
    }

    /** A share from 0 to 1, written as a percentage. */
    static double share(String text) {
        Matcher matcher = SHARE.matcher(text);
        BigDecimal percent =
                matcher.matches() ? new BigDecimal(matcher.group(1)) : BigDecimal.ONE.negate();
        if (percent.signum() < 0 || percent.compareTo(HUNDRED) > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no share such as \"1%\", \"0.05%\" or \"100%\"");
        }
        return percent.movePointLeft(2).doubleValue();
    }

    /**
     * @param share from 0 to 1
     */
    public static String formatShare(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString()
                + "%";
    }

    /** In the largest unit that divides it. */
    public static String formatBitRate(long bits) {
        long amount = bits;
        for (String unit : List.of("bit", "kbit", "Mbit")) {
            if (amount % 1_000 != 0) {
                return amount + unit;
            }
            amount /= 1_000;
        }
        return amount + "Gbit";
    }

    /** In the largest unit below a minute that divides it; of microseconds at least. */
    public static String formatNanos(long nanos) {
        long micros = nanos / 1_000;
        if (micros % 1_000 != 0) {
            return micros + "us";
        }
        return micros % 1_000_000 != 0 ? micros / 1_000 + "ms" : micros / 1_000_000 + "s";
    }

    /** In the largest unit that divides it. */
    public static String formatBytes(long bytes) {
        if (bytes == 0 || bytes % 1024 != 0) {
            return bytes + "B";
        }
        long kibibytes = bytes >> 10;
        if (kibibytes % 1024 != 0) {
            return kibibytes + "KiB";
        }
        return kibibytes % (1 << 20) == 0 ? (bytes >> 30) + "GiB" : (bytes >> 20) + "MiB";
    }

    /** A path that means the same wherever the switch was started. */
    static String absolutePath(String text) {
        if (!text.startsWith("/") || text.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("'" + text + "' is no absolute path");
        }
        return text;
    }

    static InetAddress ipv4(String text) {
        InetAddress address = null;
        try {
            address = numeric(text);
        } catch (UnknownHostException e) {
            // told below
        }
        if (!(address instanceof Inet4Address) || text.chars().filter(c -> c == '.').count() != 3) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no IPv4 address such as \"10.0.0.1\"");
        }
        return address;
    }

    /** Null where it is no number but a name, which is not looked up. */
    private static InetAddress numeric(String ip) throws UnknownHostException {
        boolean numeric =
                NUMERIC_ADDRESS.matcher(ip).matches() && (ip.contains(".") || ip.contains(":"));
        return numeric ? InetAddress.getByName(ip) : null;
    }

    static PortKind.Address address(String text) {
        int slash = text.indexOf('/');
        String ip = slash < 0 ? text : text.substring(0, slash);
        try {
            InetAddress address = numeric(ip);
            int prefix = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
            if (address != null && prefix >= 0 && prefix <= 8 * address.getAddress().length) {
                return new PortKind.Address(address, prefix);
            }
        } catch (UnknownHostException | NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' is no address with prefix such as \"10.0.0.1/24\" or \"fd00::1/64\"");
    }
}
