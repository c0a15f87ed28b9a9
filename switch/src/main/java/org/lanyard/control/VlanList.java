package org.lanyard.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.policy.Vlans;

/** Which configured port is in which VLAN; neighbouring VLANs with the same ports are one line. */
final class VlanList {
    private final ObjectMapper json = new ObjectMapper();
    private final List<PortView> ports;

    /**
     * @param views of all ports; a guest is in the VLANs of the port that it came to
     */
    VlanList(List<PortView> views) {
        this.ports = views.stream().filter(view -> !view.name().contains("/")).toList();
    }

    /** Empty where no port says anything of VLANs: tags are payload then. */
    ArrayNode lines() {
        ArrayNode lines = json.createArrayNode();
        if (ports.stream().allMatch(port -> port.policy().vlans().isEmpty())) {
            return lines;
        }
        for (int first = Vlans.LOWEST; first <= Vlans.HIGHEST; ) {
            List<String> untagged = members(first, false);
            List<String> tagged = members(first, true);
            int last = first;
            while (last < Vlans.HIGHEST
                    && members(last + 1, false).equals(untagged)
                    && members(last + 1, true).equals(tagged)) {
                last++;
            }
            if (!untagged.isEmpty() || !tagged.isEmpty()) {
                ObjectNode line = lines.addObject().put("first", first).put("last", last);
                untagged.forEach(line.putArray("untagged")::add);
                tagged.forEach(line.putArray("tagged")::add);
            }
            first = last + 1;
        }
        return lines;
    }

    private List<String> members(int vlan, boolean tagged) {
        List<String> names = new ArrayList<>();
        for (PortView port : ports) {
            Vlans vlans = port.policy().vlans().orElse(Vlans.DEFAULT);
            if (vlans.contains(vlan) && tagged == (vlans.pvid() != vlan)) {
                names.add(port.name());
            }
        }
        return names;
    }
}
