package org.lanyard.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network card of a guest and the cable in it. Immutable.
 *
 * @param netdev QEMU's {@code -netdev} argument, with an {@code id=}
 * @param model QEMU's device, such as {@code virtio-net-pci}
 * @param mac six pairs of hexadecimal digits; without one QEMU gives every guest the same
 * @param properties more of the device's properties, such as {@code host_mtu=9000}
 */
public record Nic(String netdev, String model, String mac, List<String> properties) {
    private static final Pattern ID = Pattern.compile("(?:^|,)id=([^,]+)");
    private static final Pattern MAC = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}");

    /**
     * @throws IllegalArgumentException when the netdev has no id or the MAC is none
     */
    public Nic {
        properties = List.copyOf(properties);
        id(netdev);
        if (!MAC.matcher(mac).matches()) {
            throw new IllegalArgumentException("not a MAC address: " + mac);
        }
    }

    public static Nic virtio(String netdev, String mac) {
        return new Nic(netdev, "virtio-net-pci", mac, List.of());
    }

    public static Nic e1000(String netdev, String mac) {
        return new Nic(netdev, "e1000", mac, List.of());
    }

    /** The same with another property of the device, {@code name=value}. */
    public Nic with(String property) {
        List<String> more = new ArrayList<>(properties);
        more.add(property);
        return new Nic(netdev, model, mac, more);
    }

    List<String> arguments() {
        // No boot ROM: nobody boots from this card, and it is a package of its own.
        StringBuilder device = new StringBuilder(model);
        device.append(",netdev=").append(id(netdev)).append(",mac=").append(mac);
        device.append(",romfile=");
        for (String property : properties) {
            device.append(',').append(property);
        }
        return List.of("-netdev", netdev, "-device", device.toString());
    }

    private static String id(String netdev) {
        Matcher matcher = ID.matcher(netdev);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no id= in -netdev " + netdev);
        }
        return matcher.group(1);
    }
}
